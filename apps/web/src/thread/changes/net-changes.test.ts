import { expect, test } from "bun:test";
import type { ToolEntity } from "@skein/client";
import { fateOf, netChanges, touchesOf } from "./net-changes.ts";

let calls = 0;
const edit = (path: string, oldText: string | null, newText: string, status: ToolEntity["status"] = "completed") => {
  const id = `t${++calls}`;
  const content = [{ type: "diff" as const, path, oldText, newText }];
  const value: ToolEntity = {
    pos: calls,
    toolCallId: id,
    title: "Edit",
    kind: "edit",
    status,
    content,
    locations: [],
    startedAt: 0,
  };
  return { id, value };
};
const net = (...edits: ReturnType<typeof edit>[]) => netChanges(touchesOf(edits));

test("edits that follow from each other are one change of the file", () => {
  const last = edit("b.ts", "two", "three");
  expect(net(edit("b.ts", "one", "two"), edit("a.ts", null, "new"), last)).toEqual([
    { path: "a.ts", tool: expect.any(String), changes: [{ path: "a.ts", before: null, after: "new" }] },
    { path: "b.ts", tool: last.id, changes: [{ path: "b.ts", before: "one", after: "three" }] },
  ]);
});

test("agents that tell only the part they changed give several changes; what was told twice is told once", () => {
  const [file] = net(edit("a.ts", "x = 1", "x = 2"), edit("a.ts", "y = 1", "y = 2"), edit("a.ts", "y = 1", "y = 2"));
  expect(file?.changes.length).toBe(2);
});

test("what was undone, and what was not carried out, is no change", () => {
  expect(net(edit("a.ts", "one", "two"), edit("a.ts", "two", "one"))).toEqual([]);
  expect(net(edit("a.ts", "one", "two", "failed"))).toEqual([]);
});

test("a file is new, deleted, or changed; one that came and went is none", () => {
  const gone = edit("a.ts", "one", "");
  const deleted = { ...gone, value: { ...gone.value, kind: "delete" } };
  const emptied = edit("b.ts", "one", "");
  const fates = (...edits: ReturnType<typeof edit>[]) => net(...edits).map((file) => [file.path, fateOf(file)]);
  expect(fates(deleted, emptied, edit("c.ts", null, "new"))).toEqual([
    ["a.ts", "deleted"],
    ["b.ts", "changed"],
    ["c.ts", "new"],
  ]);
  expect(fates(edit("a.ts", null, "one"), deleted)).toEqual([]);
});
