/**
 * Puts a text on the clipboard, also one that is still being made. Pages that came over plain HTTP have no clipboard
 * interface; there the old way, a selected field, still works.
 * @throws Error when the browser refuses; what a text that is being made fails with.
 */
export async function copyText(made: string | Promise<string>): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard && typeof made === "string") return clipboard.writeText(made);
  // Safari takes only what is given while the press lasts: the promise of a text, then.
  if (clipboard) return clipboard.write([new ClipboardItem({ "text/plain": made })]);
  const text = await made;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!done) throw new Error("The browser does not let pages copy.");
}
