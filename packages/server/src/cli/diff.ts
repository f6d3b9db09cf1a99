/** The lines in which two texts differ, between their common beginning and their common end. */
export function diff(change: {
  path?: string | undefined;
  oldText?: string | null | undefined;
  newText?: string | undefined;
}): string {
  const { path = "", oldText, newText } = change;
  const before = linesOf(oldText);
  const after = linesOf(newText);
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const removed = before.slice(head, before.length - tail).map((line) => `-${line}`);
  const added = after.slice(head, after.length - tail).map((line) => `+${line}`);
  return [`--- ${path}`, `+++ ${path}`, `@@ line ${head + 1} @@`, ...removed, ...added].join("\n");
}

const linesOf = (text: string | null | undefined): string[] => (text ? text.replace(/\n$/, "").split("\n") : []);
