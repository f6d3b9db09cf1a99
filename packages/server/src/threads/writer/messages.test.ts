import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Written } from "../testing/written.ts";
import { BOUNDS } from "./bounds.ts";
import { endTurn } from "./lifecycle.ts";
import { closeMessage } from "./messages.ts";

const chunk = (kind: string, text: string, more: Record<string, string> = {}) => ({
  sessionUpdate: `${kind}_chunk`,
  content: { type: "text", text },
  ...more,
});

describe("messages", () => {
  test("L23: grow by append, whose `at` counts UTF-16 units: never the accumulated text", () => {
    const written = Written.running().text("Grüße 👋🏽");
    expect(written.last).toMatchObject([
      { op: "put", kind: "message", value: { text: "Grüße 👋🏽", status: "streaming" } },
    ]);
    written.text(" done");
    expect(written.last).toEqual([{ op: "append", kind: "message", id: "m2", field: "text", at: 10, text: " done" }]);
    expect(written.lastBoard).toEqual([]);
  });

  test("L10: a chunk touches its message alone: title, cwd and the archived flag stay as they are", () => {
    const written = Written.running();
    const { thread } = written.state;
    written.text("one").text(" two");
    expect(written.last.map((change) => change.kind)).toEqual(["message"]);
    expect(written.lastBoard).toEqual([]);
    expect(written.state.thread).toBe(thread);
  });

  test("an empty chunk opens nothing (zed claude-agent-acp sends one before each block)", () => {
    const written = Written.running().text("");
    expect(written.last).toEqual([]);
    written.text("a").text("").text("b");
    expect(written.items()).toMatchObject([{ text: "ab" }]);
  });

  test("thought and text that share a messageId are two messages (claude-agent-acp)", () => {
    const written = Written.running().update(
      chunk("agent_thought", "Hmm", { messageId: "1" }),
      chunk("agent_message", "Yes", { messageId: "1" }),
    );
    expect(written.items()).toMatchObject([
      { role: "thought", text: "Hmm", status: "complete", messageId: "1" },
      { role: "assistant", text: "Yes", status: "streaming", messageId: "1" },
    ]);
  });

  test("another messageId is another message; the same one goes on", () => {
    const written = Written.running().text("a", { messageId: "1" }).text("b", { messageId: "1" });
    written.text("c", { messageId: "2" });
    expect(written.items()).toMatchObject([{ text: "ab", status: "complete" }, { text: "c" }]);
  });

  test("what is an item closes the open message, what is none does not (G8)", () => {
    const written = Written.running().text("a");
    written.update({ sessionUpdate: "usage_update", used: 1, size: 2 }).text("b");
    written.update({ sessionUpdate: "tool_call", toolCallId: "x", title: "Read" }).text("c");
    written.update({ sessionUpdate: "tool_call_update", toolCallId: "x", status: "completed" }).text("d");
    expect(written.items()).toMatchObject([
      { text: "ab", status: "complete" },
      { kind: "tool", status: "completed" },
      { text: "c", status: "complete" },
      { text: "d", status: "streaming" },
    ]);
  });

  test("a message that closes shows its start on the card, a thought does not", () => {
    const written = Written.running().update(chunk("agent_thought", "secret"));
    written.text(`one\n two ${"x".repeat(300)}`);
    expect(written.card()["preview"]).toBe("Go");
    written.do((draft) => closeMessage(draft));
    expect(written.card()["preview"]).toBe(`one two ${"x".repeat(151)}`);
  });

  test("bytes become blobs, blocks stand at their place in the text", () => {
    const data = Buffer.from("not really a picture").toString("base64");
    const written = Written.running().text("See: ");
    written.update(
      { sessionUpdate: "agent_message_chunk", content: { type: "image", data, mimeType: "image/png" } },
      { sessionUpdate: "agent_message_chunk", content: { type: "resource_link", uri: "file:///a.ts", name: "a.ts" } },
      { sessionUpdate: "agent_message_chunk", content: { type: "hologram", beam: [1, 2] } },
      {
        sessionUpdate: "agent_message_chunk",
        content: { type: "resource", resource: { uri: "file:///b", text: "B" } },
      },
    );
    written.text("!");
    const [blob] = written.blobs;
    expect(new TextDecoder().decode(blob?.bytes)).toBe("not really a picture");
    expect(written.items()).toMatchObject([
      {
        text: "See: !",
        blocks: [
          { at: 5, block: { type: "image", blob: blob?.sha256, mimeType: "image/png" } },
          { at: 5, block: { type: "link", uri: "file:///a.ts", name: "a.ts" } },
          { at: 5, block: { type: "unknown", value: { type: "hologram", beam: [1, 2] } } },
          { at: 5, block: { type: "resource", uri: "file:///b", text: "B" } },
        ],
      },
    ]);
    expect(JSON.stringify(written.thread.dump())).not.toContain(data);
  });

  test("a message beyond its bound goes on in the next one, and nothing of it is lost", () => {
    const piece = "🙂x".repeat(100_000);
    const written = Written.running();
    for (let round = 0; round < 5; round++) written.text(piece);
    const texts = written.items().map((item) => item["text"] as string);
    expect(texts.length).toBe(2);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(BOUNDS.message);
    expect(texts.join("")).toBe(piece.repeat(5));
  });

  test("what comes after the turn's end is never left streaming (G7)", () => {
    const written = Written.running();
    written.do((draft) => draft.set({ running: false }));
    written.text("late ").text("words");
    expect(written.items()).toMatchObject([{ text: "late words", status: "complete", turn: "u0" }]);
  });

  test("G4: any chunking of a text gives the same text, surrogates torn apart or not", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (text, cuts) => {
          const written = Written.running();
          const places = [0, ...cuts.filter((at) => at < text.length).toSorted((a, b) => a - b), text.length];
          places.slice(1).forEach((end, index) => written.text(text.slice(places[index], end)));
          expect(
            written
              .items()
              .map((item) => item["text"])
              .join(""),
          ).toBe(text);
        },
      ),
    );
  });

  test("G8: any interleaving of roles, ids and tool calls keeps its order", () => {
    const part = fc.oneof(
      fc.record({
        role: fc.constantFrom("assistant", "thought", "user"),
        id: fc.constantFrom("1", "2"),
        text: fc.string(),
      }),
      fc.record({ tool: fc.nat(1_000_000) }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(part, { maxLength: 30, selector: (each) => JSON.stringify(each) }), (parts) => {
        const written = Written.running();
        const expected: string[] = [];
        for (const each of parts) {
          if ("tool" in each) {
            written.update({ sessionUpdate: "tool_call", toolCallId: String(each.tool), title: "T" });
            expected.push(`tool ${each.tool}`);
          } else {
            const kind =
              each.role === "assistant" ? "agent_message" : each.role === "user" ? "user_message" : "agent_thought";
            written.update(chunk(kind, each.text, { messageId: each.id }));
            for (const unit of each.text.split("")) expected.push(`${each.role} ${each.id} ${unit}`);
          }
        }
        const seen = written
          .items()
          .flatMap((item) =>
            item.kind === "tool"
              ? [`tool ${String(item["toolCallId"])}`]
              : (item["text"] as string)
                  .split("")
                  .map((unit) => `${String(item["role"])} ${String(item["messageId"])} ${unit}`),
          );
        expect(seen).toEqual(expected);
      }),
    );
  });
});

test("P27: no append ends inside a surrogate pair, however the agent cuts its text; the text is the same, unit for unit", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "😀", "\ud83d", "\ude00", "\ud83d\n"), { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      const written = Written.running();
      let told = "";
      for (const unit of text.split("")) {
        written.text(unit);
        for (const change of written.last) {
          const piece = change.op === "append" ? change.text : change.op === "put" ? String(change.value["text"]) : "";
          told += piece;
          // Only half a pair that the agent itself never completes stands alone.
          if (/[\ud800-\udbff]$/.test(piece)) expect(text.charCodeAt(told.length) >> 10).not.toBe(0xdc00 >> 10);
        }
      }
      written.do((draft) => endTurn(draft, { status: "done" }));
      expect(
        written
          .items()
          .map((item) => item["text"])
          .join(""),
      ).toBe(text);
    }),
    { seed, numRuns: 200 },
  );
});

test("a message that goes on in the next item shows its start on the card, not a word's middle", () => {
  const written = Written.running().text(`It begins here ${"word ".repeat(BOUNDS.message / 5)}`);
  expect(written.items()).toHaveLength(2);
  written.do((draft) => endTurn(draft, { status: "done" }));
  expect(String(written.card()["preview"])).toStartWith("It begins here word");
});
