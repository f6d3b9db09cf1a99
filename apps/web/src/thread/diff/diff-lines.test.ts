import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byLine, type Piece } from "../code/highlighter.ts";
import { diffFiles, type DiffLine } from "./diff-lines.ts";
import { markEnds } from "./end-marks.ts";
import { pairLines } from "./line-pairs.ts";
import { markedPieces } from "./marked-pieces.ts";
import { piecesBetween, shownPart } from "./shown-part.ts";
import { sideBySide } from "./side-by-side.ts";

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
  const { first } = diffFiles("const wait = 1000;\n", "const wait = 10_000;\n");
  const [removed, added] = first(10)[0]?.lines ?? [];
  expect(removed?.text.slice(...(removed.marks[0] ?? [0, 0]))).toBe("1000");
  expect(added?.text.slice(...(added.marks[0] ?? [0, 0]))).toBe("10_000");
});

const linesOf = (before: string, after: string): DiffLine[] =>
  diffFiles(before, after)
    .first(Infinity)
    .flatMap((hunk) => hunk.lines);
const marked = ({ text, marks }: DiffLine): string[] => marks.map(([from, to]) => text.slice(from, to));

describe("lines that take each other's place", () => {
  const before = "/** Waits. */\nexport function wait(attempt: number) {\n  return 1000 * 2 ** attempt;\n}\n";
  const after =
    "const BASE_MS = 500;\nconst MAX_MS = 30_000;\n\n/** Waits, with jitter. */\n" +
    "export function wait(attempt: number, random: number) {\n  return random * BASE_MS * 2 ** attempt;\n}\n";

  test("are those most alike, not those that come first", () => {
    const lines = linesOf(before, after);
    const pairs = lines.flatMap(({ instead, text }) =>
      instead === undefined ? [] : [[before.split("\n")[instead - 1], text]],
    );
    expect(pairs).toEqual([
      ["/** Waits. */", "/** Waits, with jitter. */"],
      ["export function wait(attempt: number) {", "export function wait(attempt: number, random: number) {"],
      ["  return 1000 * 2 ** attempt;", "  return random * BASE_MS * 2 ** attempt;"],
    ]);
    expect(lines.filter(({ text }) => text.startsWith("const ")).flatMap(marked)).toEqual([]);
    expect(lines.filter(({ text }) => text.includes("random: number")).flatMap(marked)).toEqual([", random: number"]);
  });

  test("stand beside each other, and all lines stand there once, in order", () => {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        for (const hunk of diffFiles(left.join("\n"), right.join("\n")).first(Infinity)) {
          const rows = sideBySide(hunk.lines);
          for (const { left, right } of rows) {
            if (right?.instead !== undefined) expect(left?.before).toBe(right.instead);
          }
          const column = (side: "left" | "right", type: "removed" | "added") =>
            rows
              .flatMap((row) => (row[side] === null ? [] : [row[side]]))
              .map(({ text }) => text)
              .join("\n") ===
            hunk.lines
              .filter((line) => line.type === "same" || line.type === type)
              .map(({ text }) => text)
              .join("\n");
          expect(column("left", "removed")).toBe(true);
          expect(column("right", "added")).toBe(true);
        }
      }),
    );
  });

  test("never cross, and are none where nothing is alike", () => {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        const pairs = pairLines(left, right);
        for (const [index, [l, r]] of pairs.entries()) {
          const [beforeL, beforeR] = pairs[index - 1] ?? [-1, -1];
          expect(l > beforeL && r > beforeR).toBe(true);
        }
      }),
    );
    expect(pairLines(["foo();", "", "  "], ["bar(1);", "x"])).toEqual([]);
    expect(pairLines(["    indented()"], ["indented()"])).toEqual([[0, 0]]);
  });

  test("have no marks where nothing in them is the same", () => {
    expect(linesOf("\n", "  \n").flatMap(marked)).toEqual([]);
    expect(linesOf("red\n", "blue\n").flatMap(marked)).toEqual([]);
  });
});

test("what is far apart is in hunks of its own, each with three lines around; no more is drawn than is asked for", () => {
  const numbers = Array.from({ length: 40 }, (_, line) => String(line));
  const { hunks, first } = diffFiles(
    numbers.join("\n"),
    numbers.map((line) => (/^(?:9|16|30)$/.test(line) ? "x" : line)).join("\n"),
  );
  expect(hunks.map(({ before, after, lines }) => [before, after, lines.length])).toEqual([
    [7, 7, 16],
    [28, 28, 8],
  ]);
  expect(first(18).map(({ lines }) => lines.length)).toEqual([16, 2]);
});

describe("of a long line", () => {
  const words = fc
    .array(fc.constantFrom("a", "bc ", "🧶", "\ud83e", ";"), { maxLength: 30 })
    .map((list) => list.join(""));

  test("what differs is marked between what is alike at its ends, in whole characters", () => {
    fc.assert(
      fc.property(words, words, words, words, (start, left, right, end) => {
        const texts = [start + left + end, start + right + end];
        const { left: one, right: other } = markEnds(texts[0] ?? "", texts[1] ?? "");
        const without = [one, other].map(([mark = [0, 0]], at) => {
          const text = texts[at] ?? "";
          return mark[1] === 0 ? text : text.slice(0, mark[0]) + text.slice(mark[1]);
        });
        if (one.length + other.length === 2) expect(without[0]).toBe(without[1]);
        if (texts[0] === texts[1]) expect([one, other]).toEqual([[], []]);
      }),
    );
    const [removed, added] = linesOf(`${"x".repeat(9_000)}🧶\n`, `${"x".repeat(9_000)}🧵\n`);
    expect([removed, added].map((line) => line && marked(line))).toEqual([["🧶"], ["🧵"]]);
  });

  test("the part around its change is shown, cut out of its pieces", () => {
    const text = "ab".repeat(40_000);
    const [from, to] = shownPart({ text, marks: [[79_000, 79_004]] });
    expect([from <= 79_000, to >= 79_004, to - from < 400]).toEqual([true, true, true]);
    expect(shownPart({ text, marks: [] })[0]).toBe(0);
    expect(shownPart({ text: "short", marks: [] })).toEqual([0, 5]);
    const pieces: Piece[] = [{ classes: "k", pieces: ["ab", { classes: "n", pieces: ["cde"] }] }, "fgh"];
    for (let start = 0; start <= 8; start++) {
      for (let end = start; end <= 8; end++) {
        expect(textOf(piecesBetween(pieces, start, end))).toBe("abcdefgh".slice(start, end));
      }
    }
  });
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
