import { lineEdits, linesOf, type LineEdit } from "@skein/client/protocol";
import { diffWordsWithSpace } from "diff";
import { markEnds } from "./end-marks.ts";
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
export type FileDiff = {
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  /** The hunks up to a number of lines, with what differs within lines marked: of all, that may take a second. */
  readonly first: (most: number) => readonly Hunk[];
};

/** Lines that stand around each place. */
const CONTEXT = 3;
/** Longer lines, in UTF-16 units, are not marked by word, but from where they begin to differ to where they end to. */
const MAX_MARKED = 500;

/** The lines in which two texts differ, with three lines around each place. `null` stands for no file. */
export function diffFiles(before: string | null, after: string | null): FileDiff {
  const [left, right] = [linesOf(before ?? ""), linesOf(after ?? "")];
  const edits = lineEdits(left, right);
  const hunks = neighbours(edits).map((near) => hunkOf(near, left, right));
  return {
    hunks,
    added: edits.reduce((sum, { added }) => sum + added, 0),
    removed: edits.reduce((sum, { removed }) => sum + removed, 0),
    first: (most) => firstLines(hunks, most).map((hunk) => ({ ...hunk, lines: markWords(hunk.lines) })),
  };
}

/** Edits between which there is nothing that both do not show around them. */
function neighbours(edits: readonly LineEdit[]): LineEdit[][] {
  const groups: LineEdit[][] = [];
  let end = -Infinity;
  for (const edit of edits) {
    if (edit.before - end <= 2 * CONTEXT) groups.at(-1)?.push(edit);
    else groups.push([edit]);
    end = edit.before + edit.removed;
  }
  return groups;
}

function hunkOf(edits: readonly LineEdit[], left: readonly string[], right: readonly string[]): Hunk {
  const start = Math.max(0, (edits[0]?.before ?? 0) - CONTEXT);
  let [before, after] = [start, (edits[0]?.after ?? 0) - ((edits[0]?.before ?? 0) - start)];
  const first = { before: before + 1, after: after + 1 };
  const lines: DiffLine[] = [];
  const same = (to: number): void => {
    while (before < to) {
      const text = textOf(left[before]);
      lines.push({ type: "same", before: ++before, after: ++after, text, marks: [] });
    }
  };
  for (const edit of edits) {
    same(edit.before);
    for (const end = before + edit.removed; before < end;) {
      const text = textOf(left[before]);
      lines.push({ type: "removed", before: ++before, text, marks: [] });
    }
    for (const end = after + edit.added; after < end;) {
      const text = textOf(right[after]);
      lines.push({ type: "added", after: ++after, text, marks: [] });
    }
  }
  same(Math.min(before + CONTEXT, left.length));
  return { ...first, lines };
}

const textOf = (line = ""): string => (line.endsWith("\n") ? line.slice(0, -1) : line);

function firstLines(hunks: readonly Hunk[], most: number): readonly Hunk[] {
  const shown: Hunk[] = [];
  let room = most;
  for (const hunk of hunks) {
    if (room <= 0) break;
    shown.push(hunk.lines.length <= room ? hunk : { ...hunk, lines: hunk.lines.slice(0, room) });
    room -= hunk.lines.length;
  }
  return shown;
}

/** Finds the lines of each run that take each other's place, and marks what differs in them. */
function markWords(lines: readonly DiffLine[]): DiffLine[] {
  const marked = [...lines];
  for (let at = 0; at < marked.length;) {
    const removed = runFrom(marked, at, "removed");
    const added = runFrom(marked, at + removed, "added");
    const textsOf = (from: number, count: number): string[] => marked.slice(from, from + count).map(({ text }) => text);
    const pairs = pairLines(textsOf(at, removed), textsOf(at + removed, added));
    // Of two lines that long, what differs is worth telling also where most of their words do.
    const [one, other] = [marked[at]?.text ?? "", marked[at + removed]?.text ?? ""];
    if (removed === 1 && added === 1 && pairs.length === 0 && Math.min(one.length, other.length) > MAX_MARKED)
      pairs.push([0, 0]);
    for (const [l, r] of pairs) {
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

/** `null` when the lines have too little in common for marks to help: of long ones they tell where to look, always. */
function wordMarks(left: string, right: string): { left: Marks; right: Marks } | null {
  if (left.length > MAX_MARKED || right.length > MAX_MARKED) return markEnds(left, right);
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
