import { expect, test } from "bun:test";
import fc from "fast-check";
import { shownContent, type JsonObject, type ToolEntity } from "@skein/client/protocol";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { Written } from "../testing/written.ts";
import { endTurn } from "./lifecycle.ts";

const ROOM = DEFAULT_SETTINGS.threads.toolOutputUnits;
const said = (text: string, more: JsonObject = {}) => ({
  sessionUpdate: "tool_call_update",
  toolCallId: "a",
  content: [{ type: "content", content: { type: "text", text } }],
  ...more,
});
const toolOf = (written: Written): ToolEntity => written.thread.get("tool", "t2")!;
const shownOf = (written: Written): string =>
  shownContent(toolOf(written))
    .map((each) => (each.type === "block" && each.block.type === "text" ? each.block.text : `[${each.type}]`))
    .join("");
const blobsOf = (written: Written): string[] => written.blobs.map(({ bytes }) => new TextDecoder().decode(bytes));

test("L23, P59: output that is resent whole and grows is appended; at its end content has the whole", () => {
  const written = Written.running().update(said("one\n", { status: "in_progress" }), said("one\ntwo\n"));
  expect(written.last).toEqual([{ op: "append", kind: "tool", id: "t2", field: "live", at: 0, text: "two\n" }]);
  expect(shownOf(written)).toBe("one\ntwo\n");
  written.update(said("one\ntwo\nthree\n"));
  expect(written.last).toEqual([{ op: "append", kind: "tool", id: "t2", field: "live", at: 4, text: "three\n" }]);
  written.update(said("one\ntwo\nthree\n", { status: "completed" }));
  expect(toolOf(written).live).toBeUndefined();
  expect(toolOf(written).content).toEqual([{ type: "block", block: { type: "text", text: "one\ntwo\nthree\n" } }]);
});

test("L23: 800 updates that grow to 800 KB cost less than the output in changes, and make one blob", () => {
  const written = Written.running().update(said("", { status: "in_progress" }));
  let [text, cost] = ["", 0];
  for (let index = 0; index < 800; index++) {
    text += `${String(index).padEnd(1023, "x")}\n`;
    cost += JSON.stringify(written.update(said(text, { rawOutput: { output: text } })).last).length;
  }
  expect(written.blobs).toEqual([]);
  cost += JSON.stringify(written.update(said(text, { status: "completed" })).last).length;
  expect(cost).toBeLessThan(text.length * 1.2);
  expect(written.blobs.length).toBe(2);
  expect(toolOf(written).content.map(({ type }) => type)).toEqual(["block", "blob"]);
  expect(shownOf(written).replace("[blob]", "") + blobsOf(written)[0]!).toBe(text);
  expect(blobsOf(written)[1]).toBe(JSON.stringify({ output: text }));
});

test("a call whose turn ends, and one that a person is asked about, has the whole", () => {
  const long = "x".repeat(ROOM);
  const written = Written.running().update(said(long, { status: "in_progress" }), said(`${long}yz`));
  written.do((draft) => endTurn(draft, { status: "done" }));
  expect(toolOf(written)).toMatchObject({ status: "interrupted", content: [{ type: "block" }, { type: "blob" }] });
  expect(blobsOf(written)).toEqual(["yz"]);
  const asking = Written.running().update(said("one", { status: "in_progress" }), said("one, two"));
  const input = { path: "x", text: "y".repeat(5000) };
  asking.update({ sessionUpdate: "tool_call_update", toolCallId: "a", rawInput: input });
  asking.update({ sessionUpdate: "tool_call_update", toolCallId: "a", rawInput: { ...input, text: `${input.text}z` } });
  expect(toolOf(asking).input).toEqual(input);
  asking.event({ type: "permission", request: "1", toolCall: { toolCallId: "a" }, options: [] });
  expect(toolOf(asking)).toMatchObject({ input: { ...input, text: `${input.text}z` } });
  expect(toolOf(asking).live).toBeUndefined();
  expect(shownOf(asking)).toBe("one, two");
});

test("L23: an input that is resent with each token (pi-acp) costs less than three times its length", () => {
  const written = Written.running().update(said("", { status: "in_progress" }));
  let [text, cost] = ["", 0];
  for (let index = 0; index < 20_000; index++) {
    text += "four";
    if (index % 10 === 0) cost += JSON.stringify(written.update({ ...said(""), rawInput: { text } }).last).length;
  }
  cost += JSON.stringify(written.update(said("", { status: "completed" })).last).length;
  expect(toolOf(written).input).toEqual({ text: text.slice(0, -9 * 4) });
  expect(cost).toBeLessThan(text.length * 3 + 2048 * 60);
});

test("P59: whatever content is said, what is shown is the start of what was said last; at the end it is the whole", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const step = fc.record({
    text: fc.string({ unit: "binary", maxLength: 8 }),
    how: fc.constantFrom("grows", "same", "other", "shorter", "diff", "terminal"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const written = Written.running().update(said("", { status: "in_progress" }));
      let text = "";
      for (const { text: piece, how } of steps) {
        text = { grows: text + piece, other: piece, shorter: text.slice(0, 3) }[how as string] ?? text;
        const extra = how === "diff" ? [{ type: "diff", path: "p", oldText: null, newText: piece }] : [];
        const update = said(text);
        written.update({ ...update, content: [...extra, ...update.content] });
        if (how === "terminal") {
          const _meta = { terminal_output: { terminal_id: "one", data: piece } };
          written.update({ sessionUpdate: "tool_call_update", toolCallId: "a", _meta });
        }
        expect(shownOf(written).replaceAll(/\[\w+\]/g, "")).toBe(text.replaceAll(/\[\w+\]/g, ""));
      }
      written.update(said(text, { status: "completed" }));
      expect(toolOf(written).live).toBeUndefined();
      expect(shownOf(written).replaceAll("[terminal]", "")).toBe(text);
    }),
    { seed, numRuns: 300 },
  );
});
