import { showDirections } from "@skein/client/protocol";

/**
 * Takes out what a terminal would obey: control characters but newline and tab (ECMA-48). What an agent wrote must not
 * move the cursor, set the title or fill the clipboard of whoever reads it, nor read otherwise than it is.
 */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return showDirections(text).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** One line of at most `width` UTF-16 units, cut between characters. */
export function oneLine(text: string, width = 100): string {
  const line = harmless(text.replaceAll(/\s+/g, " ").trim());
  if (line.length <= width) return line;
  return `${line.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) => row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** How long ago: `3 min ago`. */
export function ago(then: number, now: number): string {
  return now - then < 59_500 ? "just now" : `${span(now - then)} ago`;
}

/** So many milliseconds in the largest unit that gives at least one: `3 min`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/**
 * Splits a command line into words as a shell does: blanks separate, quotes and backslashes hold together. Nothing is
 * expanded.
 * @returns `null` when a quote is left open.
 */
export function splitCommand(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    const escapes = char === "\\" && quote !== "'" && at + 1 < line.length;
    if (escapes) word = (word ?? "") + line.charAt(++at);
    else if (char === quote) quote = null;
    else if (quote !== null) word = (word ?? "") + char;
    else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (!/\s/.test(char)) word = (word ?? "") + char;
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (quote !== null) return null;
  return word === null ? words : [...words, word];
}
