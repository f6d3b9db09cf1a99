import { expect, test } from "bun:test";
import { threadTopic, type Change, type Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import { Printer } from "./printer.ts";

/** A thread whose every commit is printed; `lines` are those beside the answer. */
function printed(): { lines: string[]; commit: (...changes: Change[]) => void } {
  const lines: string[] = [];
  const replica = new Replica(threadTopic("one"));
  const printer = new Printer({ text: () => {}, endLine: () => {}, line: (line) => lines.push(line) });
  return {
    lines,
    commit(...changes) {
      const { seq, topic } = replica;
      const commit: Commit = { topic, epoch: "e", after: seq, seq: seq + 1, ts: 0, changes };
      expect(replica.apply(commit)).toBe("applied");
      printer.commit(commit, replica);
    },
  };
}

test("what is told again and again is printed again only once it came twice as often", () => {
  const { lines, commit } = printed();
  const value = { pos: 1, level: "warning", text: "Garbage.", at: 0 };
  commit({ op: "put", kind: "notice", id: "n1", value });
  for (let count = 2; count <= 100; count++) commit({ op: "patch", kind: "notice", id: "n1", value: { count } });
  expect(lines).toEqual([
    "[warning] Garbage.",
    ...[2, 4, 8, 16, 32, 64].map((count) => `[warning] Garbage (${count} times).`),
  ]);
});

test("a notice that grows is printed again only once it is twice as long; one that says something else at once", () => {
  const { lines, commit } = printed();
  commit({ op: "put", kind: "notice", id: "n1", value: { pos: 1, level: "info", text: "Sub: a", at: 0 } });
  for (let at = 6; at < 20; at++) commit({ op: "append", kind: "notice", id: "n1", field: "text", at, text: "b" });
  commit({ op: "patch", kind: "notice", id: "n1", value: { text: "Over." } });
  expect(lines).toEqual(["[info] Sub: a", "[info] Sub: abbbbbb", "[info] Over."]);
});
