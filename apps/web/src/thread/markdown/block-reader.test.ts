import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Lexer, type Token } from "marked";
import { BlockReader, closed } from "./block-reader.ts";

/** Pieces that open, close and bend the meaning of what stands around them. */
const PIECES = [
  ..."ab #*_`~>|-=+1.[]()<!\n\n\n\n".split(""),
  "\n\n",
  "\n  ",
  "\n    ",
  "```",
  "```ts\n",
  "- ",
  "1. ",
  "> ",
  "| a | b |\n| - | - |\n",
  "# ",
  "\n---\n",
  "[a]: https://example.org\n",
  "[a]",
  "[^1]: ",
  "\n[^b]: c\n",
  "[^1]",
  "<b>",
  "**",
  "&amp;",
  "🧶",
  "\r\n",
];

/** Texts at which it failed once: an empty "1." ends no paragraph, marked throws, a definition's title comes
 * later, what follows a line changes how it is indented. */
const FOUND: [string[]][] = [
  [["a", "\n", "1. ", "\n", "- ", "a"]],
  [["- ", "a", "\n    ", ">", "1. ", "\n    ", "a"]],
  [["|", "\n    ", "a", "\n", "- "]],
  [["[a]: https://example.org\n", "(", "\n---\n", "\n---\n", "a", ")"]],
  [["[a]: https://example.org\n", "(", "a", ")", "\n", "[a]"]],
];

/** All that is drawn of blocks: of tokens within tokens, marked tells the source inexactly. */
const shape = (blocks: ReturnType<BlockReader["read"]>): string =>
  JSON.stringify(
    blocks.map(({ raw, token }) => [raw, JSON.stringify(token, (name, value) => (name === "raw" ? "" : value))]),
  );

test("G4: however a text grew, its blocks are those of the whole text", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }), (pieces) => {
      const reader = new BlockReader();
      let text = "";
      for (const piece of pieces) {
        text += piece;
        reader.read(text);
      }
      expect(shape(reader.read(text))).toBe(shape(new BlockReader().read(text)));
    }),
    { numRuns: 3000, examples: FOUND },
  );
});

test("a text at which the parser throws is shown all the same, and what stands around it as ever", () => {
  const text = "# One\n\n- a\n    >1. \n    a\n\n**two**";
  expect(() => new Lexer({ gfm: true }).lex(text)).toThrow();
  const blocks = new BlockReader().read(text);
  expect(blocks.map(({ raw }) => raw).join("")).toBe(text);
  expect(blocks.flatMap(({ token: { type } }) => (type === "space" ? [] : [type]))).toEqual([
    "heading",
    "code",
    "paragraph",
  ]);
});

test("blocks that are done stay the same objects while a text grows: only the last are drawn again", () => {
  const reader = new BlockReader();
  const text = "One.\n\n- two\n- three\n\n```ts\nfour\n```\n\nfive\n\nsix";
  const before = reader.read(text);
  const after = reader.read(`${text} and seven`);
  const kept = after.filter((block, index) => block === before[index]);
  expect(kept.length).toBe(after.length - 1);
});

test("a block that grows is shown with what it leaves open closed, code as it is", () => {
  const last = (text: string) => {
    const block = new BlockReader().read(text).at(-1);
    if (block === undefined) throw new Error("There is no block.");
    return closed(block).token;
  };
  expect(last("so **bo")).toMatchObject({ type: "paragraph", tokens: [{}, { type: "strong", text: "bo" }] });
  expect(last("```ts\nconst a = '**")).toMatchObject({ type: "code", text: "const a = '**" });
});

/** The tokens of a text that are about footnotes, wherever they stand. */
const footnotesIn = (text: string): string[] => {
  const found: string[] = [];
  const walk = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.type === "footnote") found.push(`${token["label"]}: ${token.tokens?.map(({ raw }) => raw).join("")}`);
      else if (token.type === "footnoteReference") found.push(`see ${token["label"]}`);
      else if ("tokens" in token) walk(token.tokens ?? []);
    }
  };
  walk(new BlockReader().read(text).map(({ token }) => token));
  return found;
};

describe("footnotes", () => {
  test("are told from definitions of links, whether one word or many", () => {
    expect(footnotesIn("A[^1] and B[^why].\n\n[^1]: foot\n[^why]: Because of\nmany things\n\nAfter.")).toEqual([
      "see 1",
      "see why",
      "1: foot",
      "why: Because of\nmany things",
    ]);
    expect(footnotesIn("Text[^1]\n[^1]: right below\n# Heading")).toEqual(["see 1", "1: right below"]);
    expect(footnotesIn("[^1]\n\n[^1]: One.\n\n    Two.\n\nThree.")).toEqual(["see 1", "1: One.\n\nTwo."]);
  });

  test("that nobody wrote are no references: what looks like one stays as it is", () => {
    expect(footnotesIn("The expression [^abc] takes all but three.")).toEqual([]);
    expect(footnotesIn("[a]: https://example.org\n\n[a] and [^a]")).toEqual([]);
  });
});
