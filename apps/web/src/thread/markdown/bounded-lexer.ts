import { Lexer, Tokenizer, type Token, type Tokens, type TokensList } from "marked";
import { FOOTNOTES } from "./footnotes.ts";

/**
 * marked's lexer, whose time grows with the square of some texts, and its depth and memory with others. Here a run of text
 * within a block is read in pieces, blocks and emphasis nest so deep and no deeper, and a table has so many cells: what
 * goes beyond shows as it was written.
 */
export class BoundedLexer extends Lexer {
  #blockDepth = 0;
  #inlineDepth = 0;

  /** @param links Definitions that are known already. */
  constructor(text: string, links: TokensList["links"]) {
    super({ gfm: true, tokenizer: new BoundedTokenizer(), ...(text.includes("[^") && { extensions: FOOTNOTES }) });
    this.tokens.links = links;
  }

  override blockTokens(src: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(src: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(src: string, tokens: Token[] = [], lastParagraphClipped = false): Token[] {
    if (this.#blockDepth >= MAX_DEPTH) {
      tokens.push(...plainBlock(src));
      return tokens;
    }
    this.#blockDepth++;
    try {
      return super.blockTokens(src, tokens, lastParagraphClipped);
    } finally {
      this.#blockDepth--;
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth >= MAX_DEPTH || src.length > MAX_RUN) {
      if (src !== "") tokens.push(plainText(src));
      return tokens;
    }
    this.#inlineDepth++;
    try {
      for (const piece of piecesOf(src)) super.inlineTokens(piece, tokens);
      return tokens;
    } finally {
      this.#inlineDepth--;
    }
  }
}

/** Quotes in quotes, lists in lists and emphasis in emphasis go no deeper. */
const MAX_DEPTH = 16;
/** Text within a block that is longer, in UTF-16 units, is read in pieces of this length. */
const PIECE = 1_500;
/** Longer, it is not read at all: no paragraph that anybody reads is that long. */
const MAX_RUN = 20_000;
const MAX_COLUMNS = 100;
const MAX_CELLS = 10_000;

class BoundedTokenizer extends Tokenizer {
  override table(src: string): Tokens.Table | undefined {
    const columns = count("|", src, 0, lineEnd(src, 0));
    if (columns > MAX_COLUMNS) return undefined;
    const table = columns === 0 ? undefined : super.table(src);
    return table !== undefined && table.rows.length * table.header.length > MAX_CELLS ? undefined : table;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function count(letter: string, text: string, from: number, to: number): number {
  let found = 0;
  for (let at = text.indexOf(letter, from); at >= 0 && at < to; at = text.indexOf(letter, at + 1)) found++;
  return found;
}

/** A text cut before words, so that no piece is longer than `PIECE`; within one where there is none. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > PIECE) {
    const blank = Math.max(text.lastIndexOf(" ", from + PIECE), text.lastIndexOf("\n", from + PIECE));
    const cut = blank > from ? blank : from + PIECE;
    const to = /^[\udc00-\udfff]/.test(text.slice(cut, cut + 1)) ? cut - 1 : cut;
    pieces.push(text.slice(from, to));
    from = to;
  }
  pieces.push(text.slice(from));
  return pieces;
}

const plainText = (raw: string): Tokens.Text => ({ type: "text", raw, text: raw, escaped: false });

/** A block that shows as it was written. */
export const plainBlock = (raw: string): Token[] => (raw === "" ? [] : [{ type: "plain", raw }]);
