import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "@skein/client/protocol";
import fc from "fast-check";
import { Written } from "../testing/written.ts";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { BOUNDS } from "./bounds.ts";
import { endTurn } from "./lifecycle.ts";

const TOOL_OUTPUT = DEFAULT_SETTINGS.threads.toolOutputUnits;

const chunk = (content: JsonObject, more: JsonObject = {}) => ({
  sessionUpdate: "agent_message_chunk",
  content,
  ...more,
});
const said = (text: string, more: JsonObject = {}) => chunk({ type: "text", text, ...more });
const call = (more: JsonObject) => ({ sessionUpdate: "tool_call", toolCallId: "a", title: "T", ...more });
const BYTES = Buffer.from("bytes").toString("base64");

/** ACP names it, and Skein makes nothing of it. */
const annotations = { audience: ["user"], priority: 0.5, lastModified: null };

describe("P3: what is not known of a part of a message or a tool call is kept with it, under the agent's names", () => {
  test("of a location", () => {
    const written = Written.running().update(
      call({
        locations: [
          { path: "/a", line: 3, column: 7, end: { line: 4 }, _meta: { x: 1 } },
          { path: "/b", z: null },
        ],
      }),
    );
    expect(written.items()[0]?.["locations"]).toEqual([
      { path: "/a", line: 3, unknown: { column: 7, end: { line: 4 }, _meta: { x: 1 } } },
      { path: "/b" },
    ]);
  });

  const blocks: [string, block: JsonObject, read: JsonObject][] = [
    ["image", { type: "image", data: BYTES, mimeType: "image/png" }, { type: "image", mimeType: "image/png" }],
    ["audio", { type: "audio", data: BYTES, mimeType: "audio/wav" }, { type: "audio", mimeType: "audio/wav" }],
    ["an image that is only named", { type: "image", uri: "http://x/y.png" }, { type: "link", uri: "http://x/y.png" }],
    ["resource_link", { type: "resource_link", uri: "file:///a", name: "a" }, { type: "link", uri: "file:///a" }],
    [
      "resource of text",
      { type: "resource", resource: { uri: "file:///a", text: "A", mimeType: "text/x-a" } },
      { type: "resource", uri: "file:///a", text: "A", mimeType: "text/x-a" },
    ],
    [
      "resource of bytes",
      { type: "resource", resource: { uri: "file:///a", blob: BYTES } },
      { type: "file", uri: "file:///a", name: "a" },
    ],
  ];
  test.each(blocks)("of a block: %s, in messages, thoughts and tool calls", (_, block, read) => {
    const extra = { annotations, _meta: { from: "there" }, description: "d", nothing: null };
    const unknown = { annotations, _meta: { from: "there" }, description: "d" };
    const content = { ...block, ...extra };
    const written = Written.running().update(
      chunk(content),
      { ...chunk(content), sessionUpdate: "agent_thought_chunk" },
      call({ content: [{ type: "content", content }] }),
      call({ toolCallId: "b", content: [{ type: "content", content: block }] }),
    );
    const [message, thought, tool, plain] = written.items();
    for (const item of [message, thought]) {
      expect(item).toMatchObject({ blocks: [{ at: 0, block: { ...read, unknown } }] });
      expect(item).not.toHaveProperty("unknown");
    }
    expect(tool).toMatchObject({ content: [{ type: "block", block: { ...read, unknown } }] });
    expect(JSON.stringify(plain)).not.toContain('"unknown"');
    for (const item of [message, tool]) expect(JSON.stringify(item)).toContain(JSON.stringify(unknown));
  });

  test("of a resource itself, at its place", () => {
    const resource = { uri: "file:///a", text: "A", encoding: "utf8", _meta: { inner: 1 } };
    const written = Written.running().update(chunk({ type: "resource", resource, _meta: { outer: 1 } }));
    expect(written.items()).toMatchObject([
      {
        blocks: [{ block: { unknown: { _meta: { outer: 1 }, resource: { encoding: "utf8", _meta: { inner: 1 } } } } }],
      },
    ]);
  });

  test("an image's address, where its bytes came too", () => {
    const block = { type: "image", data: BYTES, mimeType: "image/png", uri: "file:///a.png" };
    const written = Written.running().update(chunk(block));
    expect(written.items()).toMatchObject([{ blocks: [{ block: { unknown: { uri: "file:///a.png" } } }] }]);
  });

  test("of a text, a diff (codex-acp says of one whether it adds a file) and a terminal in a tool call", () => {
    const written = Written.running().update(
      call({
        content: [
          { type: "content", content: { type: "text", text: "t", annotations }, _meta: { wrapper: 1 } },
          { type: "diff", path: "/a", newText: "n", _meta: { kind: "add" } },
          { type: "terminal", terminalId: "x", title: "ls" },
        ],
      }),
    );
    expect(written.items()[0]?.["content"]).toEqual([
      {
        type: "block",
        block: { type: "text", text: "t", unknown: { annotations } },
        unknown: { _meta: { wrapper: 1 } },
      },
      { type: "diff", path: "/a", oldText: null, newText: "n", unknown: { _meta: { kind: "add" } } },
      { type: "terminal", terminal: expect.any(String), unknown: { title: "ls" } },
    ]);
  });

  test("of a plan's entry, its _meta among it", () => {
    const entries = [{ content: "a", status: "pending", _meta: { id: 1 } }];
    const written = Written.running().update({ sessionUpdate: "plan", entries });
    expect(written.items()).toMatchObject([{ entries: [{ content: "a", unknown: { _meta: { id: 1 } } }] }]);
  });

  test("bounded: one member, their number, and all of them in a list", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`m${index}`, "x".repeat(10_000)]));
    const written = Written.running().update(
      call({
        locations: Array.from({ length: 1000 }, () => ({ path: "/a", ...many })),
        content: Array.from({ length: 1000 }, () => ({
          type: "content",
          content: { type: "text", text: "", ...many },
        })),
      }),
      said("t", many),
    );
    const [tool, message] = written.items();
    expect(JSON.stringify(tool).length).toBeLessThan(2 * BOUNDS.partsUnknown + 50_000);
    expect(JSON.stringify(message).length).toBeLessThan(BOUNDS.unknownMembers * BOUNDS.unknown * 1.2);
  });

  test("also where the text goes into a blob", () => {
    const text = "x".repeat(TOOL_OUTPUT);
    const content = [text, text].map((each) => ({
      type: "content",
      content: { type: "text", text: each, annotations },
    }));
    const written = Written.running().update(call({ content, status: "completed" }));
    const kept = written.items()[0]?.["content"] as { block?: { text: string; unknown?: JsonObject } }[];
    expect(kept.map(({ block }) => block?.unknown).filter((each) => each !== undefined)).toEqual([
      { annotations },
      { annotations },
    ]);
    const blobs = written.blobs.map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(kept.map(({ block }) => block?.text ?? "").join("") + blobs.join("")).toBe(text + text);
  });
});

describe("P3, P53: what is not known of a chunk of text stands in its message, whose text goes on growing by append", () => {
  test("of the chunk and of its text; what is said again makes no change", () => {
    const written = Written.running().update(
      chunk({ type: "text", text: "a", annotations: { audience: ["user"] } }, { lang: "en" }),
    );
    expect(written.items()).toMatchObject([
      { text: "a", unknown: { lang: "en", annotations: { audience: ["user"] } } },
    ]);
    written.update(chunk({ type: "text", text: "b", annotations: { audience: ["user"] } }, { lang: "en" }));
    expect(written.last).toEqual([{ op: "append", kind: "message", id: "m2", field: "text", at: 1, text: "b" }]);
    written.update(said("c", { annotations: { priority: 1 } }));
    expect(written.last).toEqual([
      { op: "append", kind: "message", id: "m2", field: "text", at: 2, text: "c" },
      { op: "patch", kind: "message", id: "m2", value: { unknown: { annotations: { audience: null, priority: 1 } } } },
    ]);
    written.text("d");
    expect(written.last).toHaveLength(1);
    expect(written.items()).toMatchObject([{ text: "abcd", unknown: { lang: "en", annotations: { priority: 1 } } }]);
  });

  test("a message without any has no such member; _meta of an update is for programs", () => {
    const written = Written.running().update(chunk({ type: "text", text: "a" }, { messageId: "1", _meta: { x: 1 } }));
    expect(written.items()[0]).not.toHaveProperty("unknown");
  });

  test("it belongs to the message it came with: an empty chunk opens none, and adds to none of another's", () => {
    const written = Written.running().update(said("", { lost: 1 }));
    expect(written.last).toEqual([]);
    written.update({ ...said("hm"), sessionUpdate: "agent_thought_chunk" }, said("", { lost: 1 }));
    expect(written.last).toEqual([]);
    written.update(said("yes"), said("", { end: true }));
    const [thought, message] = written.items();
    expect(thought).not.toHaveProperty("unknown");
    expect(message).toMatchObject({ text: "yes", unknown: { end: true } });
  });

  test("G4: text is exact, and of each name stands what was said last, whatever is said with the chunks", () => {
    const value = (fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>).filter(
      (each) => JSON.stringify(each).length < BOUNDS.unknown,
    );
    const names = fc.constantFrom("annotations", "_meta", "turn", "status", "__proto__", "constructor");
    const pieces = fc.array(fc.tuple(fc.string(), fc.dictionary(names, value, { maxKeys: 3 })), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (list) => {
        const written = Written.running();
        const expected = new Map<string, Json>();
        let text = "";
        for (const [piece, given] of list) {
          const extra = JSON.parse(JSON.stringify(given)) as JsonObject;
          written.update(said(piece, extra));
          text += piece;
          if (text === "") continue;
          for (const [name, member] of Object.entries(extra))
            if (member !== null) expected.set(name, withoutNulls(member));
        }
        written.do((draft) => endTurn(draft, { status: "done" }));
        const items = written.items();
        expect(items.map((item) => item["text"]).join("")).toBe(text);
        expect(items.length).toBe(text === "" ? 0 : 1);
        const unknown = (items[0]?.["unknown"] ?? {}) as JsonObject;
        expect(new Map(Object.entries(unknown))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

/** A merge patch cannot say `null` in an object: it counts as not said. */
function withoutNulls(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
