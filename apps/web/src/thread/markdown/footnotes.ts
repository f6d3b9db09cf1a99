import type { MarkedOptions, Token } from "marked";

/** A footnote where it was written, `[^1]: See there.`, with what it says. */
export type Footnote = { readonly type: "footnote"; readonly label: string; readonly tokens: Token[] };

const LABEL = String.raw`\[\^([^\s[\]]+)\]`;
/** What begins a block of its own also with no blank line before it. */
const BLOCK = String.raw` {0,3}(?:#{1,6}\s|[>|<]|[-*+]\s|\d+[.)]\s|\`\`\`|~~~|\[\^[^\s[\]]+\]:)`;
/** A footnote: its first line, those that go on with it, and after blank lines what is indented. */
const WRITTEN = new RegExp(
  String.raw`^ {0,3}${LABEL}:([^\n]*(?:\n(?!${BLOCK})[ \t]*[^\s][^\n]*)*(?:\n(?:[ \t]*\n)+(?: {4}|\t)[ \t]*[^\s][^\n]*(?:\n(?!${BLOCK})[ \t]*[^\s][^\n]*)*)*)(?:\n|$)`,
);
const BEGINS = new RegExp(String.raw`\n {0,3}${LABEL}:`);
const REFERENCE = new RegExp(`^${LABEL}`);

/** Under what the lexer knows a footnote. No link can have the name: in theirs there is no end of line. */
const nameOf = (label: string): string => `\n^${label.toLowerCase()}`;

function upToBlankLine(source: string): string {
  const end = source.indexOf("\n\n");
  return end < 0 ? source : source.slice(0, end + 1);
}

/** For marked: footnotes, which it would take for links and their addresses. `[^a]` without one stays as it is. */
export const FOOTNOTES: NonNullable<MarkedOptions["extensions"]> = {
  renderers: {},
  childTokens: {},
  block: [
    function (source) {
      const found = WRITTEN.exec(source);
      if (found === null) return undefined;
      const [raw, label = "", text = ""] = found;
      this.lexer.tokens.links[nameOf(label)] ??= { href: "", title: "" };
      const tokens = this.lexer.blockTokens(text.replaceAll(/^(?: {1,4}|\t)/gm, ""), []);
      return { type: "footnote", raw, label, tokens };
    },
  ],
  // A paragraph ends at a blank line: what comes behind one need not be looked through for each paragraph.
  startBlock: [(source) => upToBlankLine(source).search(BEGINS)],
  inline: [
    function (source) {
      const found = REFERENCE.exec(source);
      if (found === null || !Object.hasOwn(this.lexer.tokens.links, nameOf(found[1] ?? ""))) return undefined;
      return { type: "footnoteReference", raw: found[0], label: found[1] };
    },
  ],
  startInline: [(source) => source.indexOf("[^")],
};
