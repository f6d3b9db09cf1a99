import { diffWordsWithSpace, structuredPatch } from "diff";
import { pairLines } from "./line-pairs.ts";

/** One line of a diff. `marks` are the parts, in UTF-16 units, that differ from the line it takes the place of. */
export type DiffLine = {
  readonly type: "same" | "added" | "removed";
  /** 1-based; absent on the side where the line is not. */
  readonly before?: number;
  readonly after?: number;
  readonly text: string;
  /** Of an added line: the number, on the side before, of the line whose place it takes. */
  readonly instead?: number | undefined;
  readonly marks: readonly (readonly [from: number, to: number])[];
};
export type Hunk = { readonly before: number; readonly after: number; readonly lines: readonly DiffLine[] };
export type FileDiff = { readonly hunks: readonly Hunk[]; readonly added: number; readonly removed: number };

/** Edits beyond which two texts are shown as wholly different: finding the smallest diff would hold up the page. */
const MAX_EDITS = 4_000;
/** Longer lines, in UTF-16 units, get no marks by word. */
const MAX_MARKED = 500;

/** The lines in which two texts differ, with three lines around each place. `null` stands for no file. */
export function diffFiles(before: string | null, after: string | null): FileDiff {
  const [left, right] = [before ?? "", after ?? ""];
  const patch = structuredPatch("", "", left, right, undefined, undefined, { context: 3, maxEditLength: MAX_EDITS });
  const raw = patch?.hunks ?? [wholly(left, right)];
  const hunks = raw.map(readHunk);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return {
    hunks,
    added: lines.filter(({ type }) => type === "added").length,
    removed: lines.filter(({ type }) => type === "removed").length,
  };
}

type RawHunk = { oldStart: number; newStart: number; lines: string[] };

function wholly(left: string, right: string): RawHunk {
  const linesOf = (text: string, sign: string): string[] =>
    text === ""
      ? []
      : text
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => sign + line);
  return { oldStart: 1, newStart: 1, lines: [...linesOf(left, "-"), ...linesOf(right, "+")] };
}

function readHunk({ oldStart, newStart, lines }: RawHunk): Hunk {
  let [before, after] = [oldStart, newStart];
  const read: DiffLine[] = [];
  for (const line of lines) {
    const text = line.slice(1);
    switch (line[0]) {
      case "+":
        read.push({ type: "added", after: after++, text, marks: [] });
        break;
      case "-":
        read.push({ type: "removed", before: before++, text, marks: [] });
        break;
      case " ":
        read.push({ type: "same", before: before++, after: after++, text, marks: [] });
        break;
      default: // "\ No newline at end of file" is about the line before.
    }
  }
  return { before: oldStart, after: newStart, lines: markWords(read) };
}

/** Finds the lines of each run that take each other's place, and marks what differs in them. */
function markWords(lines: readonly DiffLine[]): DiffLine[] {
  const marked = [...lines];
  for (let at = 0; at < marked.length;) {
    const removed = runFrom(marked, at, "removed");
    const added = runFrom(marked, at + removed, "added");
    const textsOf = (from: number, count: number): string[] => marked.slice(from, from + count).map(({ text }) => text);
    for (const [l, r] of pairLines(textsOf(at, removed), textsOf(at + removed, added))) {
      const [left, right] = [marked[at + l], marked[at + removed + r]];
      if (!left || !right) continue;
      const marks = wordMarks(left.text, right.text) ?? { left: [], right: [] };
      marked[at + l] = { ...left, marks: marks.left };
      marked[at + removed + r] = { ...right, marks: marks.right, instead: left.before };
    }
    at += Math.max(1, removed + added);
  }
  return marked;
}

function runFrom(lines: readonly DiffLine[], from: number, type: DiffLine["type"]): number {
  let length = 0;
  while (lines[from + length]?.type === type) length++;
  return length;
}

type Marks = [number, number][];

/** `null` when the lines have too little in common for marks to help. */
function wordMarks(left: string, right: string): { left: Marks; right: Marks } | null {
  if (left.length > MAX_MARKED || right.length > MAX_MARKED) return null;
  const marks: { left: Marks; right: Marks } = { left: [], right: [] };
  let [at, to, same] = [0, 0, 0];
  for (const { value, added, removed } of diffWordsWithSpace(left, right)) {
    if (removed) marks.left.push([at, (at += value.length)]);
    else if (added) marks.right.push([to, (to += value.length)]);
    else {
      at += value.length;
      to += value.length;
      same += value.trim().length;
    }
  }
  return same === 0 || same * 3 < Math.min(left.trim().length, right.trim().length) ? null : marks;
}
