import { expect, test } from "bun:test";
import type { ToolContent, ToolEntity } from "@skein/client";
import { fateOf, netChanges, touchesOf } from "./net-changes.ts";

let calls = 0;
const edit = (path: string, oldText: string | null, newText: string, status: ToolEntity["status"] = "completed") =>
  call([{ type: "diff", path, oldText, newText }], status);
const call = (content: ToolContent[], status: ToolEntity["status"] = "completed") => {
  const id = `t${++calls}`;
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

const kept = (path: string, old: string | null, blob: string, bytes = 9) =>
  call([
    {
      type: "blob",
      blob,
      bytes,
      mimeType: "text/plain",
      diff: { path, old: old === null ? null : { blob: old, bytes: 9 }, added: 2, removed: 1 },
    },
  ]);

test("P58: edits of files whose texts are in blobs count like others, and follow from each other by the blobs' names", () => {
  const [file, other] = net(kept("b.ts", "one", "two"), kept("b.ts", "two", "three"), kept("c.ts", "x", "y"));
  expect(file?.changes).toEqual([
    { path: "b.ts", before: { blob: "one", bytes: 9 }, after: { blob: "three", bytes: 9 } },
  ]);
  expect(other?.changes).toMatchObject([{ path: "c.ts", counts: { added: 2, removed: 1 } }]);
  expect(net(kept("b.ts", "one", "two"), kept("b.ts", "two", "one"))).toEqual([]);
  const gone = kept("a.ts", "one", "nothing", 0);
  const deleted = { ...gone, value: { ...gone.value, kind: "delete" } };
  const fates = [...net(deleted), ...net(kept("n.ts", null, "one"))].map(fateOf);
  expect(fates).toEqual(["deleted", "new"]);
});

test("P58: what an earlier server kept of a large edit is a change of its file", () => {
  const earlier = { type: "blob" as const, blob: "both", bytes: 20, mimeType: "application/json", path: "a.ts" };
  const [file] = net(call([earlier]));
  expect(file).toMatchObject({ path: "a.ts", changes: [{ after: { blob: "both", member: "newText" } }] });
  expect(file && fateOf(file)).toBe("changed");
});
