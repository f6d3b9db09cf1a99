import { showDirections } from "@skein/client/protocol";

/**
 * What no eye sees in a text, or what turns the order in which the text around it stands: control characters but tabs and
 * the ends of lines, direction marks, what has no width, tags. Most texts have none, which one look tells.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- they are what this is about
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\r(?!\n|$)/u;

/** Most code is nothing else, and that is told at once, also of a long text that grows. */
const BEYOND_ASCII = /[^\t\n\r\x20-\x7e]/;

/** Where such a character is part of what is seen: in an emoji of several characters. */
const EMOJI = String.raw`\p{ExtPict}[\ufe0f\p{EMod}]?(?:\u200d\p{ExtPict}[\ufe0f\p{EMod}]?)+|\p{Emoji}[\ufe0e\ufe0f]`;

/** Or in words: where scripts need it to join letters, to part them or to choose their shape, and in the flags of regions. */
const NEEDED = [
  String.raw`(?<=[\p{L}\p{M}])(?<![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hani}])[\u200c\u200d]`,
  String.raw`(?<=[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}])\u200b`,
  String.raw`(?<=\p{sc=Hani})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{sc=Mong})[\u180b-\u180d\u180f]`,
  String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}`,
].join("|");

const RUN = `(?<run>(?:${HIDDEN.source})+)`;
const IN_CODE = new RegExp(`${EMOJI}|${RUN}`, "gu");
const IN_WORDS = new RegExp(`${EMOJI}|${NEEDED}|${RUN}`, "gu");

/** More than these in a row are told together: thousands of them say nothing more. */
const MAX_APART = 4;

/** Some hidden characters of a text: one, or many in a row. */
export type Hidden = {
  readonly text: string;
  /** What stands for them: `U+202E`, `U+E0048 +41`. */
  readonly name: string;
  /** What they do, in words. */
  readonly does: string;
};

/**
 * A text, cut where it has hidden characters. All parts together are the text.
 * @param words Whether it is what somebody says, where a script may need such characters; else what a machine reads.
 */
export function partsOf(text: string, words: boolean): readonly (string | Hidden)[] {
  if (!hasHidden(text)) return [text];
  const parts: (string | Hidden)[] = [];
  let from = 0;
  for (const { index, groups } of text.matchAll(words ? IN_WORDS : IN_CODE)) {
    const run = groups?.["run"];
    if (run === undefined) continue;
    if (index > from) parts.push(text.slice(from, index));
    parts.push(...told(Array.from(run)));
    from = index + run.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** The same as one text, for where there is no place for marks: `Run <U+202E>x`. */
export const spelledOut = (text: string, words = true): string =>
  partsOf(text, words)
    .map((part) => (typeof part === "string" ? part : `<${part.name}>`))
    .join("");

const hasHidden = (text: string): boolean => (BEYOND_ASCII.test(text) || text.includes("\r")) && HIDDEN.test(text);

function told(run: readonly string[]): Hidden[] {
  const [first = ""] = run;
  if (run.length > MAX_APART) {
    return [{ text: run.join(""), name: `${nameOf(first)} +${run.length - 1}`, does: "cannot be seen" }];
  }
  return run.map((each) => ({ text: each, name: nameOf(each), does: deedOf(each) }));
}

const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

const deedOf = (character: string): string =>
  showDirections(character) === character ? "cannot be seen" : "turns the writing direction";
