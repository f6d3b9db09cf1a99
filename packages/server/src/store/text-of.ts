/**
 * The text by which the search finds an entity; `null` when it is not to be found, or not yet. Pure: it is asked of
 * the value that was and of the one that is, and what differs is taken in.
 */
export type TextOf = (kind: string, value: Record<string, unknown>) => string | null;

/** Finds an entity by its text once that no longer grows, or else by its title. */
export const defaultTextOf: TextOf = (_kind, value) => {
  if (value["status"] === "streaming") return null;
  const text = value["text"] ?? value["title"];
  return typeof text === "string" && text !== "" ? text : null;
};
