import type { ReactNode } from "react";
import { partsOf, type Hidden } from "../lib/hidden-characters.ts";

/**
 * A text in which each character that cannot be seen, or that would turn the order of what stands around it, shows as a
 * small mark with its number. What is copied of it is the text itself. A function, and no component: most texts are one
 * piece, and stay it.
 * @param words What somebody says, as a title, where a script may need such characters. Else what a machine reads: a
 * command, a path, code.
 */
export function visible(text: string, { words = false }: { words?: boolean } = {}): ReactNode {
  const parts = partsOf(text, words);
  if (parts.length === 1 && typeof parts[0] === "string") return text;
  return parts.map((part, index) => (typeof part === "string" ? part : <HiddenMark key={index} hidden={part} />));
}

/** The characters themselves are in it, where they turn nothing else: so they are copied with the rest. */
function HiddenMark({ hidden: { text, name, does } }: { hidden: Hidden }) {
  const said = `${name}, ${does}`;
  return (
    <span role="img" aria-label={said} title={said} dir="ltr" data-hidden={name} className="hidden-mark">
      {text}
    </span>
  );
}
