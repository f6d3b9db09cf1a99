import { expect, test } from "bun:test";
import type { MessageEntity } from "@skein/client";
import type { TimelineKey } from "@skein/client/react";
import { traitOf } from "./item-trait.ts";
import { indexOfItem, rowsOf } from "./rows.ts";

let pos = 0;
const item = (kind: string, trait: string, turn: string | undefined = "u0"): TimelineKey<string> => {
  pos += 1;
  return { kind, id: `${kind}${pos}`, pos, turn, trait };
};
const done = { opened: new Set<string>(), running: undefined };
const said = (rows: ReturnType<typeof rowsOf>): string[] =>
  rows.map((row) =>
    row.type === "item" ? `${row.kind} ${row.rail}` : row.type === "fold" ? `fold ${row.steps}` : "footer",
  );

test("steps in a row share a rule while their turn runs, and fold when it is over, failures left open", () => {
  const items = [
    item("turn", "running", undefined),
    item("tool", "completed"),
    item("tool", "failed"),
    item("tool", "completed"),
  ];
  items[0] = { ...items[0]!, id: "u0" };
  expect(said(rowsOf(items, { ...done, running: "u0" }))).toEqual(["tool first", "tool middle", "tool last", "footer"]);
  const folded = rowsOf(items, done);
  expect(said(folded)).toEqual(["fold 3", "tool only", "footer"]);
  const [fold] = folded;
  const open = rowsOf(items, { ...done, opened: new Set([fold?.key ?? ""]) });
  expect(said(open)).toEqual(["fold 3", "tool first", "tool middle", "tool last", "footer"]);
});

test("a single step does not fold; a thought between steps is one of them, one after them is not", () => {
  const items = [item("tool", "completed"), item("message", "thought"), item("message", "assistant")];
  expect(said(rowsOf(items, done))).toEqual(["tool only", "message none", "message none", "footer"]);
  const more = [item("tool", "completed"), item("message", "thought"), item("tool", "completed")];
  expect(said(rowsOf(more, done))).toEqual(["fold 2", "footer"]);
});

test("a terminal within a tool call, and what is empty, do not stand on their own", () => {
  const items = [item("tool", "completed x9"), { ...item("terminal", "exited"), id: "x9" }, item("message", "empty")];
  expect(said(rowsOf(items, done))).toEqual(["tool only", "footer"]);
});

test("a permission that waits stands alone; answered, it is a step", () => {
  expect(said(rowsOf([item("tool", "pending"), item("permission", "pending")], { ...done, running: "u0" }))).toEqual([
    "tool only",
    "permission none",
    "footer",
  ]);
  expect(said(rowsOf([item("tool", "completed"), item("permission", "answered")], done))).toEqual([
    "tool first",
    "permission last",
    "footer",
  ]);
});

test("every turn has its footer, also one whose beginning is not loaded", () => {
  const items = [item("message", "assistant", "u1"), item("turn", "done", undefined), item("message", "user", "u2")];
  items[1] = { ...items[1]!, id: "u2" };
  expect(rowsOf(items, done).map(({ key }) => key)).toEqual([items[0]!.id, "footer u1", items[2]!.id, "footer u2"]);
});

test("a fold keeps its key when older steps are loaded before it, and stands for the items it hides", () => {
  const [a, b, c] = [item("tool", "completed"), item("tool", "completed"), item("tool", "completed")];
  const before = rowsOf([b, c], done);
  const after = rowsOf([a, b, c], done);
  expect(after[0]?.key).toBe(before[0]?.key ?? "");
  expect(indexOfItem(after, a.id)).toBe(0);
});

test("an item that only grew keeps its row", () => {
  const [message] = [item("message", "assistant")];
  expect(rowsOf([message], done)[0]).toBe(rowsOf([message], done)[0]);
  const value: MessageEntity = { pos: 1, text: "a", role: "assistant", status: "streaming", startedAt: 0 };
  expect(traitOf({ kind: "message", id: "m", pos: 1, value })).toBe(
    traitOf({ kind: "message", id: "m", pos: 1, value: { ...value, text: "ab" } }),
  );
});
