import { describe, expect, test } from "bun:test";
import type { Json } from "@skein/client/protocol";
import fc from "fast-check";
import { Written } from "../testing/written.ts";
import { BOUNDS } from "./bounds.ts";
import { endTurn, queueTurn, rename, startTurn } from "./lifecycle.ts";

describe("what is told of the conversation", () => {
  test("commands are bounded (qwen sent 563 KB of them in one update)", () => {
    const availableCommands = Array.from({ length: 600 }, (_, index) => ({
      name: `command-${index}`,
      description: "d".repeat(1000),
      input: { hint: "h".repeat(500) },
    }));
    const written = Written.running().update({ sessionUpdate: "available_commands_update", availableCommands });
    const commands = written.entity()["commands"] as { description: string; hint: string }[];
    expect(commands.length).toBe(BOUNDS.commands);
    expect(commands[0]).toEqual({ name: "command-0", description: "d".repeat(200), hint: "h".repeat(200) } as never);
    written.update({ sessionUpdate: "available_commands_update", availableCommands });
    expect(written.last).toEqual([]);
  });

  test("usage changes only what differs, and does not write to the board by itself (72 in a run were seen)", () => {
    const written = Written.running();
    const usage = (used: number) => ({
      sessionUpdate: "usage_update",
      used,
      size: 1000,
      cost: { amount: 0, currency: "USD" },
    });
    written.update(usage(1), usage(2));
    expect(written.last).toEqual([{ op: "patch", kind: "thread", id: "aThread", value: { usage: { used: 2 } } }]);
    expect(written.lastBoard).toEqual([]);
    written.update(usage(2));
    expect(written.last).toEqual([]);
    written.do((draft) => endTurn(draft, { status: "done" }));
    expect(written.card()["usage"]).toEqual({ used: 2, size: 1000, cost: { amount: 0, currency: "USD" } });
  });

  test("session_info_update that carries only _meta changes nothing (codex-acp)", () => {
    const written = Written.running().update({ sessionUpdate: "session_info_update", _meta: { codex: {} } });
    expect(written.last).toEqual([]);
  });

  test("an agent's title replaces the prompt's, never a person's", () => {
    const written = Written.running("Fix the build\nplease");
    expect(written.entity()).toMatchObject({ title: "Fix the build", titledBy: "prompt" });
    written.update({ sessionUpdate: "session_info_update", title: "Build repaired" });
    expect(written.entity()).toMatchObject({ title: "Build repaired", titledBy: "agent" });
    expect(written.card()["title"]).toBe("Build repaired");
    written.do((draft) => rename(draft, "Mine"));
    written.update({ sessionUpdate: "session_info_update", title: "Theirs" });
    expect(written.entity()).toMatchObject({ title: "Mine", titledBy: "person" });
  });

  test("mode and options are the thread's", () => {
    const written = Written.running().update(
      { sessionUpdate: "current_mode_update", currentModeId: "plan" },
      { sessionUpdate: "config_option_update", configOptions: [{ id: "model", currentValue: "big", extra: null }] },
    );
    expect(written.entity()).toMatchObject({ mode: "plan", config: [{ id: "model", currentValue: "big" }] });
  });

  test("usage in an empty chunk's _meta is the turn's, unless its end tells (qwen)", () => {
    const written = Written.running().update({
      sessionUpdate: "agent_message_chunk",
      content: { type: "text", text: "" },
      _meta: { usage: { inputTokens: 5 } },
    });
    written.do((draft) => endTurn(draft, { status: "done" }));
    expect(written.thread.get("turn", "u0")).toMatchObject({ usage: { inputTokens: 5 } });
    expect(written.items()).toEqual([]);
  });
});

describe("items", () => {
  test("a plan is one item a turn, replaced in place, counted on the card", () => {
    const plan = (...statuses: string[]) => ({
      sessionUpdate: "plan",
      entries: statuses.map((status, index) => ({ content: `step ${index}`, status, priority: "medium" })),
    });
    const written = Written.running().update(plan("pending", "pending"));
    written.text("now").update(plan("completed", "pending"));
    expect(written.items()).toMatchObject([{ kind: "plan", id: "p2", entries: [{ status: "completed" }, {}] }, {}]);
    expect(written.card()["plan"]).toEqual({ done: 1, of: 2 });
    written.do((draft) => {
      endTurn(draft, { status: "done" });
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
    written.update(plan("pending"));
    expect(written.items().filter((item) => item.kind === "plan").length).toBe(2);
    written.update(
      { sessionUpdate: "plan_update", plan: { type: "markdown", planId: "m", content: "# Do it" } },
      { sessionUpdate: "plan_removed", planId: "m" },
    );
    expect(written.items().at(-1)).toMatchObject({ kind: "plan", entries: [] });
  });

  test("P3: what is not known of a plan's entry is kept, and an entry that is only text is its content", () => {
    const written = Written.running().update({
      sessionUpdate: "plan",
      entries: [{ content: "a", status: "blocked", owner: { name: "x" }, big: "y".repeat(10_000) }, "just this"],
    });
    expect(written.items()).toMatchObject([
      {
        entries: [
          { content: "a", status: "blocked", unknown: { owner: { name: "x" }, big: { omitted: expect.any(Number) } } },
          { content: "just this", status: "pending" },
        ],
      },
    ]);
  });

  test("notices are shown with their severity (codex-acp)", () => {
    const written = Written.running().update({
      sessionUpdate: "notice",
      severity: "warning",
      title: "Mind",
      description: "the gap",
    });
    expect(written.items()).toMatchObject([{ kind: "notice", level: "warning", text: "Mind\nthe gap" }]);
  });

  test("a compaction is one notice that tells how it stands", () => {
    const written = Written.running().update(
      { sessionUpdate: "compaction_update", compactionId: "c", status: "in_progress" },
      { sessionUpdate: "compaction_summary_chunk", compactionId: "c", content: { type: "text", text: "We " } },
      { sessionUpdate: "compaction_summary_chunk", compactionId: "c", content: { type: "text", text: "built." } },
    );
    expect(written.last).toMatchObject([{ op: "append", text: "built." }]);
    written.update({ sessionUpdate: "compaction_update", compactionId: "c", status: "completed" });
    expect(written.items()).toMatchObject([
      { kind: "notice", text: "The agent summed up the conversation so far.\n\nWe built." },
    ]);
  });

  test("what the driver tells again and again in a turn is one notice with a count, and the lines it is about", () => {
    const written = Written.running();
    const garbage = (line: string) =>
      written.event({
        type: "notice",
        level: "warning",
        text: "The agent sent a line that is not JSON.",
        detail: line,
      });
    for (let round = 0; round < 5; round++) garbage("not json");
    written.text("fin");
    garbage("other");
    expect(written.items()).toMatchObject([
      { kind: "notice", text: "The agent sent a line that is not JSON.", count: 6, detail: "not json\nother" },
      { kind: "message", text: "fin", status: "streaming" },
    ]);
    for (let round = 0; round < 1000; round++) garbage(`line ${round} ${"x".repeat(100)}`);
    expect(written.items()[0]).toMatchObject({ count: 1006 });
    expect(JSON.stringify(written.items()[0]).length).toBeLessThan(BOUNDS.repeats + 500);
    written.event({ type: "notice", level: "warning", text: "Another." });
    written.do((draft) => {
      endTurn(draft, { status: "done" });
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
    garbage("not json");
    expect(written.items().slice(2)).toMatchObject([{ text: "Another." }, { detail: "not json", turn: "u1" }]);
    expect(written.items().at(-1)).not.toHaveProperty("count");
  });

  test("what an agent says in another conversation is one notice for each, which grows; ours is not touched by it", () => {
    const written = Written.running();
    const foreign = (session: string, update: Record<string, Json>) =>
      written.event({ type: "foreign", session, update: { sessionUpdate: "agent_message_chunk", ...update } });
    const chunk = (text: string) => ({ content: { type: "text", text } });
    foreign("sub", chunk("I look "));
    written.text("Me");
    foreign("sub", chunk("around."));
    expect(written.last).toMatchObject([{ op: "append", kind: "notice", text: "around." }]);
    foreign("sub", { sessionUpdate: "tool_call", toolCallId: "x", title: "Read a.txt", status: "pending" });
    for (let round = 0; round < 3; round++) foreign("sub", { sessionUpdate: "usage_update", used: round });
    foreign("other", chunk("Hi"));
    written.text(" too");
    expect(written.items()).toMatchObject([
      {
        kind: "notice",
        level: "info",
        text: "Another conversation of the agent, sub:\n\nI look around.\n[Read a.txt]\n[usage_update]\n",
      },
      { kind: "message", text: "Me" },
      { kind: "notice", text: "Another conversation of the agent, other:\n\nHi" },
      { kind: "message", text: " too" },
    ]);
    for (let round = 0; round < 3; round++) foreign("sub", chunk("x".repeat(BOUNDS.noticeText)));
    expect(written.last).toEqual([]);
    expect(written.items()[0]?.["text"]).toEndWith("x\n[…]");
  });

  test("what is not known is kept and shown, bounded", () => {
    const written = Written.running().update({ sessionUpdate: "telepathy", thought: "x".repeat(100_000) });
    const [item] = written.items();
    expect(item).toMatchObject({ kind: "notice", level: "info", detail: { omitted: expect.any(Number) } });
    expect(item?.["text"]).toContain("telepathy");
    expect(JSON.stringify(item).length).toBeLessThan(BOUNDS.notice * 1.2);
  });

  test("updates of the same unknown kind are one notice a turn, with how often they came; they end no message", () => {
    const written = Written.running();
    const unheardOf = (sessionUpdate: string, more: Json) => written.update({ sessionUpdate, more });
    for (let round = 0; round < 3; round++) unheardOf("telepathy", round);
    written.text("f");
    unheardOf("telepathy", 3);
    written.text("in");
    unheardOf("levitation", 0);
    const text = (kind: string) => `The agent sent an update of a kind this version does not know: ${kind}.`;
    expect(written.items()).toMatchObject([
      { kind: "notice", text: text("telepathy"), count: 4, detail: { sessionUpdate: "telepathy", more: 0 } },
      { kind: "message", text: "fin" },
      { kind: "notice", text: text("levitation") },
    ]);
    expect(written.items()[2]).not.toHaveProperty("count");
    written.do((draft) => {
      endTurn(draft, { status: "done" });
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
    unheardOf("telepathy", 4);
    expect(written.items()[3]).toMatchObject({ text: text("telepathy"), turn: "u1", detail: { more: 4 } });
    expect(written.items()[3]).not.toHaveProperty("count");
  });

  test.each([["tool_call"], ["tool_call_update"]])(
    "a %s that does not name its call is told as that",
    (sessionUpdate) => {
      const written = Written.running();
      written.update({ sessionUpdate, toolCallId: 7, title: "Read" }, { sessionUpdate, toolCallId: 8, title: "Read" });
      written.update({ sessionUpdate, title: "Read" });
      const text = `The agent sent a ${sessionUpdate} without a toolCallId that is a text: which call it is about is not known.`;
      const detail = { sessionUpdate, toolCallId: 7, title: "Read" };
      expect(written.items()).toMatchObject([{ kind: "notice", level: "warning", text, count: 3, detail }]);
    },
  );

  test("a notice that says nothing is told as that", () => {
    const written = Written.running().update({ sessionUpdate: "notice", title: "", description: 5 });
    const text = "The agent sent a notice without a title or a description that is a text.";
    expect(written.items()).toMatchObject([{ kind: "notice", level: "warning", text, detail: { description: 5 } }]);
  });

  test("a question waits like a permission", () => {
    const written = Written.running();
    written.event({ type: "question", request: "9", message: "Which?", mode: "form", schema: { type: "object" } });
    expect(written.items()).toMatchObject([
      { kind: "question", id: "q2", status: "pending", schema: { type: "object" } },
    ]);
    expect(written.card()["waiting"]).toBe(1);
    written.do((draft) => endTurn(draft, { status: "cancelled", stopReason: "cancelled" }));
    expect(written.items()).toMatchObject([{ status: "cancelled" }]);
    expect(written.card()).toMatchObject({ status: "idle", waiting: 0 });
  });

  test("the end of a turn closes all that it left open", () => {
    const written = Written.running()
      .update({ sessionUpdate: "tool_call", toolCallId: "a", title: "T" })
      .text("half a");
    written.do((draft) => endTurn(draft, { status: "interrupted", error: { message: "died" }, pause: true }));
    expect(written.items()).toMatchObject([{ status: "interrupted" }, { text: "half a", status: "interrupted" }]);
    expect(written.thread.get("turn", "u0")).toMatchObject({ status: "interrupted", error: { message: "died" } });
    expect(written.entity()["status"]).toBe("interrupted");
    expect(written.card()["status"]).toBe("interrupted");
  });
});

describe("the writer is total", () => {
  const members = [
    ..."content messageId toolCallId title kind status rawInput rawOutput locations entries plan planId".split(" "),
    ..."availableCommands currentModeId configOptions used size cost severity description compactionId".split(" "),
    ..."summary error sessionId state _meta".split(" "),
  ];
  const variants = [
    ..."agent_message_chunk agent_thought_chunk user_message_chunk tool_call tool_call_update plan plan_update".split(
      " ",
    ),
    ..."plan_removed available_commands_update current_mode_update config_option_update session_info_update".split(" "),
    ..."usage_update notice compaction_update compaction_summary_chunk subagent_update session_message nonsense".split(
      " ",
    ),
    "session_message_chunk",
  ];
  const known = fc.constantFrom<Json>(
    { type: "text", text: "x" },
    { type: "image", data: "AAAA", mimeType: "image/png" },
    [{ type: "terminal", terminalId: "a" }],
    [{ type: "diff", path: "p", newText: "n" }],
    { terminal_output_delta: { terminal_id: "a", data: "d" }, terminal_exit: { terminal_id: "a" } },
    "a",
    "completed",
    "in_progress",
  );
  const value = fc.oneof(known, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>);
  const update = fc
    .tuple(fc.constantFrom(...variants), fc.dictionary(fc.constantFrom(...members), value))
    .map(([sessionUpdate, rest]) => ({ ...rest, sessionUpdate }));

  test("whatever comes: no throw, changes that fit, entities that keep their schemas, state and log in step", () => {
    fc.assert(
      fc.property(fc.array(update, { maxLength: 12 }), (updates) => {
        const written = Written.running().update(...updates);
        expect(written.entity()).toEqual(JSON.parse(JSON.stringify(written.state.thread)));
        expect(written.card()).toEqual(JSON.parse(JSON.stringify(written.state.card)));
        const tools = [...written.state.tools.values()];
        for (const { id, value: tool } of tools) expect(written.thread.get("tool", id)).toEqual<unknown>(tool ?? {});
        written.do((draft) => endTurn(draft, { status: "done" }));
        const open = written
          .items()
          .filter((item) => ["streaming", "pending", "in_progress"].includes(item["status"] as string));
        expect(open.filter((item) => item.kind !== "terminal")).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test("however many kinds and conversations an agent makes up, a turn's notices have a bound", () => {
  const written = Written.running();
  for (let index = 0; index < 500; index++) {
    written.update({ sessionUpdate: `kind_${index}` });
    const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "x" } };
    written.event({ type: "foreign", session: `session-${index}`, update });
  }
  const notices = written.items().filter(({ kind }) => kind === "notice");
  expect(notices.length).toBeLessThanOrEqual(2 * BOUNDS.noticesOfTurn + 2);
  expect(notices.find(({ text }) => String(text).includes("only counted"))?.["count"]).toBeGreaterThan(400);
});
