import { Capped } from "./capped.tsx";

/** The height of a line, in pixels, and how many characters it has where it is shortest. */
const LINE_PX = 20;
const LINE_LENGTH = 36;

/** What a person wrote, as they wrote it: nothing in it is read as Markdown. Longer than so many lines, it is capped. */
export function CappedText({
  text,
  lines,
  label,
  className = "",
}: {
  text: string;
  lines: number;
  label: string;
  className?: string;
}) {
  const words = (
    <p dir="auto" className={`break-words whitespace-pre-wrap [unicode-bidi:plaintext] ${className}`}>
      {text}
    </p>
  );
  if (linesOf(text, lines) <= lines) return words;
  return (
    <Capped label={label} version={text} height={lines * LINE_PX}>
      {words}
    </Capped>
  );
}

/** How many lines a text takes at most; counted up to a few more than `most`. */
function linesOf(text: string, most: number): number {
  let [lines, from] = [0, 0];
  while (lines <= most && from >= 0) {
    const end = text.indexOf("\n", from);
    lines += Math.max(1, Math.ceil(((end < 0 ? text.length : end) - from) / LINE_LENGTH));
    from = end < 0 ? -1 : end + 1;
  }
  return lines;
}
