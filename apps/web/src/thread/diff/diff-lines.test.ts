import { expect, test } from "bun:test";
import fc from "fast-check";
import { byLine, type Piece } from "../code/highlighter.ts";
import { diffFiles } from "./diff-lines.ts";
import { markedPieces } from "./marked-pieces.ts";

const lines = fc.array(fc.constantFrom<string[]>("a", "b", "c", "const x = 1;", "const y = 2;", ""), { maxLength: 30 });

test("both sides of a diff are the texts it was made of, around each change", () => {
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      const { hunks, added, removed } = diffFiles(left.join("\n"), right.join("\n"));
      for (const hunk of hunks) {
        for (const line of hunk.lines) {
          if (line.before !== undefined) expect(left[line.before - 1]).toBe(line.text);
          if (line.after !== undefined) expect(right[line.after - 1]).toBe(line.text);
        }
      }
      expect(added - removed).toBe(countOf(right) - countOf(left));
    }),
  );
});

const countOf = (text: string[]): number =>
  text.join("\n") === "" ? 0 : text.join("\n").replace(/\n$/, "").split("\n").length;

test("words that differ are marked in lines that take each other's place", () => {
  const { hunks } = diffFiles("const wait = 1000;\n", "const wait = 10_000;\n");
  const [removed, added] = hunks[0]?.lines ?? [];
  expect(removed?.text.slice(...(removed.marks[0] ?? [0, 0]))).toBe("1000");
  expect(added?.text.slice(...(added.marks[0] ?? [0, 0]))).toBe("10_000");
});

test("a new file is all added, a deleted one all removed", () => {
  expect(diffFiles(null, "a\nb\n")).toMatchObject({ added: 2, removed: 0 });
  expect(diffFiles("a\nb\n", null)).toMatchObject({ added: 0, removed: 2 });
});

const textOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : textOf(piece.pieces))).join("");

test("marks laid over syntax colours change no text, and cover what they are to", () => {
  const pieces: Piece[] = [{ classes: "k", pieces: ["const"] }, " wait = ", { classes: "n", pieces: ["1000"] }, ";"];
  const marked = markedPieces(pieces, [
    [3, 8],
    [13, 15],
  ]);
  expect(textOf(marked)).toBe("const wait = 1000;");
  const marks: string[] = [];
  const walk = (all: readonly Piece[]): void => {
    for (const piece of all) {
      if (typeof piece === "string") continue;
      if (piece.classes === "mark") marks.push(textOf(piece.pieces));
      else walk(piece.pieces);
    }
  };
  walk(marked);
  expect(marks.join("|")).toBe("st| wa|10");
});

test("pieces are cut at the ends of lines, within their colours", () => {
  const cut = byLine([{ classes: "c", pieces: ["/* one\ntwo */"] }, "\nthree"]);
  expect(cut.map(textOf)).toEqual(["/* one", "two */", "three"]);
});
