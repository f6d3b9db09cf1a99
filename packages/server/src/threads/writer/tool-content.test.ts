import { expect, test } from "bun:test";
import { fileEdit, type JsonObject, type ToolContent } from "@skein/client/protocol";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { Written } from "../testing/written.ts";

const TOOL_OUTPUT = DEFAULT_SETTINGS.threads.toolOutputUnits;
const call = (toolCallId: string, more: JsonObject) => ({
  sessionUpdate: "tool_call",
  toolCallId,
  title: "T",
  ...more,
});
const update = (toolCallId: string, more: JsonObject) => ({
  sessionUpdate: "tool_call_update",
  toolCallId,
  ...more,
});

test("P58: a diff that does not fit says its file and its lines, and each of its texts is a blob", () => {
  const before = "a line of code\n".repeat(20_000);
  const after = `first\n${before}`;
  const diff = { type: "diff", path: "/big.ts", oldText: before, newText: after, _meta: { kind: "update" } };
  const small = { type: "diff", path: "/small.ts", oldText: null, newText: "n" };
  const written = Written.running().update(call("a", { content: [diff, { ...diff, oldText: null }, small] }));
  const kept = (text: string) => {
    const found = written.blobs.find(({ bytes }) => new TextDecoder().decode(bytes) === text);
    return { blob: found?.sha256 ?? "none", bytes: text.length };
  };
  const rest = { type: "blob", mimeType: "text/plain", ...kept(after), unknown: { _meta: { kind: "update" } } };
  expect(written.items()[0]?.["content"]).toEqual([
    { ...rest, diff: { path: "/big.ts", old: kept(before), added: 1, removed: 0 } },
    { ...rest, diff: { path: "/big.ts", old: null, added: 20_001, removed: 0 } },
    small,
  ]);
  written.update(update("a", { content: [diff, { ...diff, oldText: null }, small] }));
  expect(written.last).toEqual([]);
});

test("P58: of a patch of many files those that fit stand in the call, and all are told", () => {
  const one = "some line of code here\n".repeat(5000);
  const content = [0, 1, 2, 3, 4].map((i) => ({ type: "diff", path: `/f${i}.ts`, oldText: one, newText: one + i }));
  const [item] = Written.running().update(call("a", { content })).items();
  const added = { added: 1, removed: 0 };
  const edits = ((item?.["content"] ?? []) as ToolContent[]).map((each) => fileEdit(each));
  expect(edits.map((edit) => edit?.path)).toEqual(content.map(({ path }) => path));
  expect(edits.map((edit) => edit?.counts)).toEqual([undefined, added, added, added, added]);
  expect(JSON.stringify(item).length).toBeLessThan(TOOL_OUTPUT * 1.1);
});
