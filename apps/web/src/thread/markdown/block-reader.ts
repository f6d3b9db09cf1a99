import type { Token, TokensList } from "marked";
import remend from "remend";
import { BoundedLexer, plainBlock } from "./bounded-lexer.ts";

/** One block of a text: the same object as long as neither its source nor what it refers to changes. */
export type MarkdownBlock = { readonly raw: string; readonly token: Token };

type Links = TokensList["links"];

/** Any name may be a link's, `constructor` too: the object has no members of its own kind. */
const linksOf = (links?: Links): Links => Object.assign(Object.create(null) as Links, links);

/** Of a longer text, in UTF-16 units, what goes beyond shows as it was written, from a blank line on. */
const MAX_TEXT = 100_000;
/** A block that still grows and is longer is not looked through for what it leaves open. */
const MAX_CLOSED = 5_000;

/**
 * Reads Markdown (CommonMark with GitHub's tables, task lists and autolinks) into blocks. When the text grew at its end,
 * as a streamed one does, only its last two blocks are read again, and those that no blank line parts from them: a block
 * before these can no longer change, whatever follows.
 */
export class BlockReader {
  #text = "";
  #blocks: readonly MarkdownBlock[] = [];
  /** All definitions in the text. */
  #links: Links = linksOf();
  /** Those up to a place in it, where nothing changed any more when it was read last. */
  #defined: { end: number; links: Links } = { end: 0, links: linksOf() };
  /** The last text could not be read as a whole: what grew from it is no help for the next. */
  #failed = false;

  /** The blocks of a text, blank ones left out. Cheap when it is the text of the last call with more at its end. */
  read(source: string): readonly MarkdownBlock[] {
    const whole = source.includes("\r") ? source.replaceAll(/\r\n?/g, "\n") : source;
    if (whole.length <= MAX_TEXT) return this.#read(whole);
    const cut = whole.lastIndexOf("\n\n", MAX_TEXT - 2) + 2;
    const end = cut < 2 ? 0 : cut;
    return [...this.#read(whole.slice(0, end)), ...plainBlock(whole.slice(end)).map(asBlock)];
  }

  #read(text: string): readonly MarkdownBlock[] {
    if (text === this.#text) return this.#blocks;
    try {
      this.#grow(text);
      this.#failed = false;
    } catch {
      // marked throws at some texts, as at "- a\n    >1. \n    a". What an agent says is shown all the same.
      this.#blocks = reuse(this.#blocks, piecemeal(text));
      this.#links = linksOf();
      this.#failed = true;
    }
    this.#text = text;
    return this.#blocks;
  }

  #grow(text: string): void {
    const grown = !this.#failed && this.#text !== "" && text.startsWith(this.#text);
    const { kept, from } = grown ? sure(this.#blocks, this.#text) : { kept: 0, from: 0 };
    this.#defined = this.#definedBefore(text, from, grown);
    const { tokens, links } = lex(text.slice(from), this.#defined.links);
    // A definition may give meaning to what stands before it, or another one, as long as it grows.
    const relinked = kept > 0 && !sameLinks(links, this.#links);
    const before = relinked ? lex(text.slice(0, from), links).tokens.map(asBlock) : this.#blocks.slice(0, kept);
    this.#blocks = reuse(this.#blocks, [...before, ...tokens.map(asBlock)]);
    this.#links = links;
  }

  /** The definitions that stand before `end`, where nothing changes any more. */
  #definedBefore(text: string, end: number, grown: boolean): { end: number; links: Links } {
    const { end: known, links } = this.#defined;
    if (!grown || end === 0) return { end: 0, links: linksOf() };
    if (Object.keys(this.#links).length === 0) return { end, links: linksOf() };
    return known <= end
      ? { end, links: lex(text.slice(known, end), links).links }
      : { end, links: lex(text.slice(0, end), linksOf()).links };
  }
}

/** A block at the end of a text that still grows, with what it leaves open closed: `**bo` reads as `**bo**`. */
export function closed(block: MarkdownBlock): MarkdownBlock {
  if (/^(?:code|space|plain)$/.test(block.token.type) || block.raw.length > MAX_CLOSED) return block;
  const raw = remend(block.raw);
  if (raw === block.raw) return block;
  const token = piecemeal(raw).find((each) => each.token.type !== "space")?.token;
  return token ? { raw: block.raw, token } : block;
}

/** Reads what blank lines part piece by piece; one that cannot be read is shown letter by letter, as code is. */
function piecemeal(text: string): MarkdownBlock[] {
  return text.split(/(?<=\n\n)(?!\n)/).flatMap((raw) => {
    try {
      return lex(raw, linksOf()).tokens.map(asBlock);
    } catch {
      return [{ raw, token: { type: "code", raw, text: raw.trimEnd() } }];
    }
  });
}

const asBlock = (token: Token): MarkdownBlock => ({ raw: token.raw, token });

/** How many blocks more text cannot change, and where they end in the text. */
function sure(blocks: readonly MarkdownBlock[], text: string): { kept: number; from: number } {
  const most = blocks.findIndex(({ token }, index) => mayTakeTitle(token, blocks[index + 1]));
  let from = blocks.reduce((sum, { raw }) => sum + raw.length, 0);
  let seen = 0;
  for (let index = blocks.length - 1; index > 0; index--) {
    const block = blocks[index];
    from -= block?.raw.length ?? 0;
    if (block?.token.type === "space") continue;
    seen++;
    if (seen >= 2 && (most < 0 || index <= most) && isAfterBlankLine(text, from)) return { kept: index, from };
  }
  return { kept: 0, from: 0 };
}

/** A definition takes what follows for its title once that is closed, however much later. */
const mayTakeTitle = (token: Token, next: MarkdownBlock | undefined): boolean =>
  token.type === "def" && !token["title"] && /^\s*["'(]/.test(next?.raw ?? "");

function isAfterBlankLine(text: string, at: number): boolean {
  let lines = 0;
  for (let index = at - 1; index >= 0 && lines < 2; index--) {
    const letter = text[index];
    if (letter === "\n") lines++;
    else if (letter !== " " && letter !== "\t") return false;
  }
  return lines === 2;
}

function lex(text: string, known: Links): { tokens: Token[]; links: Links } {
  const lexer = new BoundedLexer(text, linksOf(known));
  const tokens = lexer.lex(text);
  return { tokens: [...tokens], links: tokens.links };
}

function sameLinks(a: Links, b: Links): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => a[name]?.href === b[name]?.href && a[name]?.title === b[name]?.title);
}

/** Keeps the objects of blocks that say the same at the same place, so that they need not be drawn again. */
function reuse(before: readonly MarkdownBlock[], now: readonly MarkdownBlock[]): readonly MarkdownBlock[] {
  return now.map((block, index) => {
    const old = before[index];
    return old !== undefined && old !== block && isSame(old, block) ? old : block;
  });
}

/** The same source may mean something else: by a definition elsewhere, or by what follows it. */
const isSame = (a: MarkdownBlock, b: MarkdownBlock): boolean =>
  a.raw === b.raw && JSON.stringify(a.token) === JSON.stringify(b.token);
