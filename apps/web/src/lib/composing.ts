/**
 * Whether a key belongs to an input method, as Enter that takes what it proposes, and not to the field. Safari ends the
 * composition before it tells of the key that ended it: there only the code says so.
 */
export const isComposing = (event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean =>
  event.isComposing || event.keyCode === 229;
