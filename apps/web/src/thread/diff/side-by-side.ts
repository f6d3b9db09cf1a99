import type { DiffLine } from "./diff-lines.ts";

/** One row of a diff side by side; `null` where a side has no line. */
export type SplitRow = { readonly left: DiffLine | null; readonly right: DiffLine | null };

/**
 * The lines of a hunk side by side: one that takes another's place beside it, and between such pairs what was removed
 * beside what was added, in order.
 */
export function sideBySide(lines: readonly DiffLine[]): SplitRow[] {
  const rows: SplitRow[] = [];
  let left: DiffLine[] = [];
  let right: DiffLine[] = [];
  const fill = (): void => {
    for (let at = 0; at < Math.max(left.length, right.length); at++) {
      rows.push({ left: left[at] ?? null, right: right[at] ?? null });
    }
    [left, right] = [[], []];
  };
  const removed = new Map<number, DiffLine>();
  for (const line of lines) {
    if (line.type === "same") {
      fill();
      rows.push({ left: line, right: line });
    } else if (line.type === "removed") {
      // A removal after an addition begins a new change.
      if (right.length > 0) fill();
      left.push(line);
      if (line.before !== undefined) removed.set(line.before, line);
    } else if (line.instead === undefined) {
      right.push(line);
    } else {
      const pair = removed.get(line.instead) ?? null;
      const at = pair === null ? -1 : left.indexOf(pair);
      const rest = left.slice(at + 1);
      left = left.slice(0, Math.max(at, 0));
      fill();
      rows.push({ left: pair, right: line });
      left = rest;
    }
  }
  fill();
  return rows;
}
