import { expect, test } from "bun:test";
import fc from "fast-check";
import { countLines, lineEdits, linesOf } from "./line-edits.ts";

/** The length of the longest common subsequence, by the table. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  let row = Array.from({ length: right.length + 1 }, () => 0);
  for (const line of left) {
    const next = [0];
    for (const [at, other] of right.entries()) {
      next.push(line === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function applied(before: readonly string[], after: readonly string[]): string[] {
  const lines: string[] = [];
  let at = 0;
  for (const edit of lineEdits(before, after)) {
    lines.push(...before.slice(at, edit.before), ...after.slice(edit.after, edit.after + edit.added));
    at = edit.before + edit.removed;
  }
  return [...lines, ...before.slice(at)];
}

test("lines keep what ends them", () => {
  expect(linesOf("")).toEqual([]);
  expect(linesOf("a\r\n\nb")).toEqual(["a\r\n", "\n", "b"]);
  fc.assert(fc.property(fc.string(), (text) => linesOf(text).join("") === text));
});

test("P58: edits make one text of the other, in order, and are the fewest there can be", () => {
  const few = fc.array(fc.constantFrom("a\n", "b\n", "c\n"), { maxLength: 40 });
  const many = fc.array(fc.integer({ min: 0, max: 20 }).map(String), { maxLength: 60 });
  for (const lines of [few, many]) {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(applied(before, after)).toEqual(after);
        const edits = lineEdits(before, after);
        const size = edits.reduce((sum, { added, removed }) => sum + added + removed, 0);
        expect(size).toBe(before.length + after.length - 2 * commonLength(before, after));
        for (const [index, edit] of edits.entries()) {
          const last = edits[index - 1];
          if (last) expect(edit.before).toBeGreaterThan(last.before + last.removed);
          if (last) expect(edit.after).toBeGreaterThan(last.after + last.added);
        }
      }),
      { numRuns: 2000 },
    );
  }
});

test("P58: added and removed lines are counted; a file that is new or gone is all of one kind", () => {
  expect(countLines("a\nb\n", "a\nc\nb\n")).toEqual({ added: 1, removed: 0 });
  expect(countLines(null, "a\nb")).toEqual({ added: 2, removed: 0 });
  expect(countLines("a\nb\n", null)).toEqual({ added: 0, removed: 2 });
  expect(countLines("a", "a\n")).toEqual({ added: 1, removed: 1 });
  expect(countLines("x\n".repeat(20_000), `${"x\n".repeat(20_000)}y\n`)).toEqual({ added: 1, removed: 0 });
});

test("P58: beyond the bound a part is wholly another, between the common start and end", () => {
  // Lines that all stand on both sides, in an order of their own.
  const numbers = Array.from({ length: 12_000 }, (_, index) => `${index}\n`);
  const turned = numbers.toReversed();
  const [before, after] = [`head\n${numbers.join("")}tail\n`, `head\n${turned.join("")}tail\n`];
  expect(countLines(before, after)).toEqual({ added: 12_000, removed: 12_000 });
});
