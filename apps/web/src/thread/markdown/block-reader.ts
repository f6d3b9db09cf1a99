import { Lexer, type Token, type TokensList } from "marked";
import remend from "remend";

/** One block of a text: the same object as long as neither its source nor what it refers to changes. */
export type MarkdownBlock = { readonly raw: string; readonly token: Token };

type Links = TokensList["links"];

/**
 * Reads Markdown (CommonMark with GitHub's tables, task lists and autolinks) into blocks. When the text grew at its end,
 * as a streamed one does, only its last two blocks are read again, and those that no blank line parts from them: a block
 * before these can no longer change, whatever follows.
 */
export class BlockReader {
  #text = "";
  #blocks: readonly MarkdownBlock[] = [];
  #links: Links = {};

  /** The blocks of a text, blank ones left out. Cheap when it is the text of the last call with more at its end. */
  read(source: string): readonly MarkdownBlock[] {
    const text = source.includes("\r") ? source.replaceAll(/\r\n?/g, "\n") : source;
    if (text === this.#text) return this.#blocks;
    const grown = this.#text !== "" && text.startsWith(this.#text);
    const { kept, from } = grown ? sure(this.#blocks, this.#text) : { kept: 0, from: 0 };
    const known = grown ? this.#links : {};
    const { tokens, links } = lex(text.slice(from), known);
    const more = Object.keys(links).length > Object.keys(known).length;
    // A new definition may give meaning to what stands before it.
    const before = more && kept > 0 ? lex(text.slice(0, from), links).tokens.map(asBlock) : this.#blocks.slice(0, kept);
    this.#blocks = reuse(this.#blocks, [...before, ...tokens.map(asBlock)]);
    this.#links = links;
    this.#text = text;
    return this.#blocks;
  }
}

/** A block at the end of a text that still grows, with what it leaves open closed: `**bo` reads as `**bo**`. */
export function closed(block: MarkdownBlock): MarkdownBlock {
  if (block.token.type === "code" || block.token.type === "space") return block;
  const raw = remend(block.raw);
  if (raw === block.raw) return block;
  const token = lex(raw, {}).tokens.find(({ type }) => type !== "space");
  return token ? { raw: block.raw, token } : block;
}

const asBlock = (token: Token): MarkdownBlock => ({ raw: token.raw, token });

/** How many blocks more text cannot change, and where they end in the text. */
function sure(blocks: readonly MarkdownBlock[], text: string): { kept: number; from: number } {
  let from = blocks.reduce((sum, { raw }) => sum + raw.length, 0);
  let seen = 0;
  for (let index = blocks.length - 1; index > 0; index--) {
    const block = blocks[index];
    from -= block?.raw.length ?? 0;
    if (block?.token.type !== "space") seen++;
    if (seen >= 2 && block?.token.type !== "space" && isAfterBlankLine(text, from)) return { kept: index, from };
  }
  return { kept: 0, from: 0 };
}

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
  const lexer = new Lexer({ gfm: true });
  lexer.tokens.links = { ...known };
  const tokens = lexer.lex(text);
  return { tokens: [...tokens], links: tokens.links };
}

/** Keeps the objects of blocks whose source is the same at the same place. */
function reuse(before: readonly MarkdownBlock[], now: readonly MarkdownBlock[]): readonly MarkdownBlock[] {
  return now.map((block, index) => {
    const old = before[index];
    return old !== undefined && old !== block && old.raw === block.raw && !refers(block.raw) ? old : block;
  });
}

/** Whether a source may refer to a definition elsewhere: then it may mean something new although it reads the same. */
const refers = (raw: string): boolean => raw.includes("]");
