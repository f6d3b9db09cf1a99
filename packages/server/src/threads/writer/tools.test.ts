import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "@skein/client/protocol";
import { Written } from "../testing/written.ts";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { BOUNDS } from "./bounds.ts";
import { TOOLS_OPEN } from "./tools.ts";
import { endSession, endTurn, queueTurn, startTurn } from "./lifecycle.ts";

const TOOL_OUTPUT = DEFAULT_SETTINGS.threads.toolOutputUnits;

const call = (toolCallId: string, more: JsonObject = {}) => ({
  sessionUpdate: "tool_call",
  toolCallId,
  title: "T",
  ...more,
});
const update = (toolCallId: string, more: JsonObject = {}) => ({
  sessionUpdate: "tool_call_update",
  toolCallId,
  ...more,
});

describe("tool calls", () => {
  test("an update is a patch of what it names; content and locations are replaced", () => {
    const written = Written.running().update(
      call("a", { kind: "edit", status: "pending", rawInput: { path: "x", old: 1 }, locations: [{ path: "x" }] }),
    );
    written.update(update("a", { status: "in_progress", rawInput: { path: "x", text: "y" } }));
    expect(written.last).toEqual([
      { op: "patch", kind: "tool", id: "t2", value: { status: "in_progress", input: { text: "y", old: null } } },
    ]);
    written.update(
      update("a", { content: [{ type: "content", content: { type: "text", text: "1" } }] }),
      update("a", { content: [{ type: "diff", path: "x", newText: "n" }], status: "completed", rawOutput: "ok" }),
    );
    expect(written.items()).toMatchObject([
      {
        toolKind: "edit",
        status: "completed",
        input: { path: "x", text: "y" },
        output: "ok",
        locations: [{ path: "x" }],
        content: [{ type: "diff", path: "x", oldText: null, newText: "n" }],
        endedAt: written.now,
      },
    ]);
  });

  test("a repeated update makes no change (claude-agent-acp repeats many)", () => {
    const same = update("a", { title: "Write x", kind: "edit", rawInput: { a: [1, { b: null }] }, content: [] });
    const written = Written.running().update(call("a"), same, same);
    expect(written.last).toEqual([]);
  });

  test("an input with nulls is kept as it is: a merge patch could not say it", () => {
    const written = Written.running().update(
      call("a", { rawInput: {} }),
      update("a", { rawInput: { limit: null, path: "x" } }),
    );
    expect(written.items()).toMatchObject([{ input: { limit: null, path: "x" } }]);
  });

  test("an update without a tool_call makes it (gemini-cli)", () => {
    const written = Written.running().update(update("new", { status: "completed", title: "Shell" }));
    expect(written.items()).toMatchObject([{ kind: "tool", toolCallId: "new", title: "Shell", status: "completed" }]);
  });

  test("a permission request may be the first mention of its call (gemini-cli)", () => {
    const written = Written.running().text("I will");
    written.event({
      type: "permission",
      request: "7",
      toolCall: { toolCallId: "a", title: "rm -r x", kind: "execute" },
      options: [{ optionId: "yes", name: "Yes", kind: "allow_once" }],
    });
    expect(written.items()).toMatchObject([
      { text: "I will", status: "complete" },
      { kind: "tool", id: "t3", title: "rm -r x" },
      { kind: "permission", id: "r4", tool: "t3", title: "rm -r x", status: "pending", options: [{ optionId: "yes" }] },
    ]);
    expect(written.entity()["status"]).toBe("waiting");
    expect(written.card()).toMatchObject({ status: "waiting", waiting: 1 });
    written.event({ type: "withdrawn", request: "7" });
    expect(written.items()[2]).toMatchObject({ status: "cancelled" });
    expect(written.card()).toMatchObject({ status: "running", waiting: 0 });
  });

  test("rawInput resent with each delta is told by what differs (pi-acp)", () => {
    const written = Written.running().update(call("a", { rawInput: { path: "a-long-path", text: "" } }));
    written.update(update("a", { rawInput: { path: "a-long-path", text: "x" } }));
    expect(written.last).toEqual([{ op: "patch", kind: "tool", id: "t2", value: { input: { text: "x" } } }]);
  });

  test("a call left open is interrupted at the turn's end (codex-acp leaves a rejected one), and may still end", () => {
    const written = Written.running().update(call("a", { status: "in_progress" }), call("b", { status: "completed" }));
    written.do((draft) => endTurn(draft, { status: "done", stopReason: "end_turn" }));
    expect(written.items()).toMatchObject([{ status: "interrupted" }, { status: "completed" }]);
    written.update(update("a", { status: "in_progress" }));
    expect(written.items()[0]).toMatchObject({ status: "interrupted" });
    written.update(update("a", { status: "failed" }));
    expect(written.items()[0]).toMatchObject({ status: "failed" });
  });

  test("what has ended does not run again; in a later turn the same id is another call (the SDK's example agent)", () => {
    const written = Written.running().update(call("a", { status: "completed", title: "First" }));
    written.update(update("a", { status: "in_progress", title: "Changed" }), call("a", { status: "pending" }));
    expect(written.items()).toMatchObject([{ title: "T", status: "completed" }]);
    written.do((draft) => {
      endTurn(draft, { status: "done" });
      queueTurn(draft, { text: "More", blocks: [], by: "local", key: "key-0002", first: false });
      startTurn(draft);
    });
    written.update(update("a", { status: "pending" }), call("a", { title: "Second", status: "pending" }));
    written.update(update("a", { status: "completed" }));
    expect(written.items()).toMatchObject([
      { id: "t2", turn: "u0", title: "T", status: "completed" },
      { turn: "u1", title: "Second", status: "completed" },
    ]);
  });

  test("text beyond the bound goes into a blob, and kept and blob are the whole", () => {
    const text = `${"ä".repeat(TOOL_OUTPUT)}the rest`;
    const written = Written.running().update(
      call("a", {
        content: [
          { type: "content", content: { type: "text", text } },
          { type: "diff", path: "x", oldText: "o", newText: "n" },
        ],
        rawOutput: { text },
        status: "completed",
      }),
    );
    const [item] = written.items();
    const content = item?.["content"] as { type: string; block?: { text: string }; bytes?: number; blob?: string }[];
    const blob = (name: unknown) => new TextDecoder().decode(written.blobs.find((each) => each.sha256 === name)?.bytes);
    expect(content.map((each) => each.type)).toEqual(["block", "blob", "blob"]);
    expect(`${content[0]?.block?.text}${blob(content[1]?.blob)}`).toBe(text);
    expect(blob(content[2]?.blob)).toBe("n");
    const output = item?.["output"] as JsonObject | undefined;
    expect(JSON.parse(blob(output?.["blob"]))).toEqual({ text });
    expect(JSON.stringify(item).length).toBeLessThan(TOOL_OUTPUT + 2000);
  });

  test("P3: what is not known of a call is kept under its own names and bounded, an unknown status among it", () => {
    const written = Written.running().update(
      call("a", { status: "weird", extra: { a: 1, b: null }, turn: "theirs", _meta: { claudeCode: {} } }),
    );
    expect(written.items()).toMatchObject([
      { turn: "u0", status: "pending", unknown: { status: "weird", extra: { a: 1, b: null }, turn: "theirs" } },
    ]);
    written.update(update("a", { extra: { a: 2 }, big: "x".repeat(100_000), nothing: null }));
    expect(written.items()).toMatchObject([
      { unknown: { status: "weird", extra: { a: 2 }, big: { omitted: expect.any(Number) } } },
    ]);
    written.update(update("a", { extra: { a: 2 } }));
    expect(written.last).toEqual([]);
    written.update(update("a", { status: "completed" }));
    const [item] = written.items();
    expect(item?.["status"]).toBe("completed");
    expect(Object.keys(item?.["unknown"] as object)).toEqual(["extra", "turn", "big"]);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`m${index}`, "x".repeat(10_000)]));
    written.update(update("a", many));
    expect(JSON.stringify(written.items()).length).toBeLessThan(BOUNDS.unknownMembers * BOUNDS.unknown * 1.2);
  });

  test("an unknown status that is taken back leaves nothing behind", () => {
    const written = Written.running().update(call("a", { status: "weird" }), update("a", { status: "in_progress" }));
    expect(written.items()[0]).not.toHaveProperty("unknown");
  });

  test("a subagent's call names the call it belongs to", () => {
    const written = Written.running().update(
      call("task"),
      call("inner", { _meta: { claudeCode: { parentToolUseId: "task", toolName: "Read" } } }),
    );
    expect(written.items()).toMatchObject([{ id: "t2" }, { parent: "t2", name: "Read" }]);
  });

  test("memory holds no more than the bound of finished calls, and an open one is never forgotten", () => {
    const written = Written.running().update(call("open", { status: "in_progress" }));
    for (let index = 0; index < BOUNDS.toolsKnown + 50; index++)
      written.update(call(`c${index}`, { status: "completed" }));
    expect(written.state.tools.size).toBe(BOUNDS.toolsKnown + 1);
    expect([...written.state.tools.values()].filter((tool) => tool.value !== null).length).toBe(BOUNDS.toolValues + 1);
    written.update(update("open", { status: "completed" }), update(`c${BOUNDS.toolsKnown}`, { title: "Again" }));
    expect(written.items().filter((item) => item["status"] !== "completed")).toEqual([]);
    expect(written.items().length).toBe(BOUNDS.toolsKnown + 51);
  });
});

describe("many open calls", () => {
  const open = (toolCallId: string) => call(toolCallId, { status: "in_progress" });

  test("no more than the bound are open: those open longest are interrupted, which one notice says", () => {
    const more = 40;
    const written = Written.running();
    for (let index = 0; index < TOOLS_OPEN + more; index++) written.update(open(`c${index}`));
    const items = written.items();
    const statuses = items.filter(({ kind }) => kind === "tool").map((item) => item["status"]);
    expect(statuses.slice(0, more).every((status) => status === "interrupted")).toBe(true);
    expect(statuses.slice(more)).toEqual(Array.from({ length: TOOLS_OPEN }, () => "in_progress"));
    expect(items.filter(({ kind }) => kind === "notice")).toMatchObject([{ level: "warning", count: more }]);
    written.do((draft) => endTurn(draft, { status: "done" }));
    // One change for each open call, and that of the turn and of the thread.
    expect(written.last.length).toBeLessThanOrEqual(TOOLS_OPEN + 3);
    expect(written.items().filter((item) => item["status"] === "in_progress")).toEqual([]);
    expect(written.state.tools.size).toBeLessThanOrEqual(TOOLS_OPEN);
  });

  test("those that have ended are known for as long as without them", () => {
    const written = Written.running();
    for (let index = 0; index < 600; index++) written.update(open(`open${index}`));
    for (let index = 0; index < BOUNDS.toolsKnown; index++)
      written.update(call(`ended${index}`, { status: "completed" }));
    for (let index = 0; index < BOUNDS.toolsKnown; index++) written.update(update(`ended${index}`, { title: "Late" }));
    const items = written.items();
    expect(items).toHaveLength(600 + BOUNDS.toolsKnown);
    expect(items.filter((item) => item["title"] === "Late")).toHaveLength(BOUNDS.toolsKnown);
    expect(written.state.tools.size).toBe(600 + BOUNDS.toolsKnown);
  });

  test("whatever is begun and ended, each call stands as was last said, and no state is altered by a later step", () => {
    const event = fc.record({ id: fc.nat(50), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), (events) => {
        const written = Written.running();
        const last = new Map<string, string>();
        for (const { id, ends } of events) {
          const before = written.state;
          const copy = structuredClone(before);
          const status = ends ? "completed" : "in_progress";
          written.update(update(`c${id}`, { title: "T", status }));
          expect(before).toEqual(copy);
          if (last.get(`c${id}`) !== "completed") last.set(`c${id}`, status);
        }
        const before = written.state;
        const copy = structuredClone(before);
        written.do((draft) => endTurn(draft, { status: "done" }));
        expect(before).toEqual(copy);
        const shown = written.items().map((item) => [item["toolCallId"], item["status"]]);
        const due = [...last].map(([id, status]) => [id, status === "completed" ? status : "interrupted"]);
        expect(shown).toEqual(due);
      }),
      { numRuns: 30 },
    );
  });
});

describe("terminals", () => {
  test("a process that we run grows by append and ends with its exit", () => {
    const written = Written.running();
    written.event({
      type: "terminal",
      terminal: "term-1",
      event: "started",
      command: "ls",
      args: ["-l"],
      cwd: "/work",
    });
    written.update(call("a", { content: [{ type: "terminal", terminalId: "term-1" }] }));
    written.event({ type: "terminal", terminal: "term-1", event: "output", text: "one\n" });
    written.event({ type: "terminal", terminal: "term-1", event: "output", text: "two\n" });
    expect(written.last).toEqual([{ op: "append", kind: "terminal", id: "x2", field: "output", at: 4, text: "two\n" }]);
    written.event({ type: "terminal", terminal: "term-1", event: "exited", code: 3, signal: null });
    expect(written.items()).toMatchObject([
      {
        kind: "terminal",
        command: "ls",
        args: ["-l"],
        output: "one\ntwo\n",
        status: "exited",
        exit: { code: 3 },
      },
      { kind: "tool", content: [{ type: "terminal", terminal: "x2" }] },
    ]);
  });

  test("output that comes only in _meta has a terminal of its own (codex-acp)", () => {
    const written = Written.running().update(
      call("c1", {
        status: "in_progress",
        content: [{ type: "terminal", terminalId: "c1" }],
        rawInput: { command: "ls" },
        _meta: { terminal_info: { cwd: "/project/sub", terminal_id: "c1" } },
      }),
      update("c1", { _meta: { terminal_output_delta: { data: "a\n", terminal_id: "c1" } } }),
      update("c1", {
        status: "completed",
        _meta: {
          terminal_output_delta: { data: "b\n", terminal_id: "c1" },
          terminal_exit: { exit_code: 0, signal: null, terminal_id: "c1" },
        },
      }),
    );
    expect(written.items()).toMatchObject([
      { kind: "tool", status: "completed", content: [{ type: "terminal", terminal: "x3" }] },
      {
        kind: "terminal",
        command: "ls",
        cwd: "/project/sub",
        output: "a\nb\n",
        status: "exited",
        exit: { code: 0 },
      },
    ]);
  });

  test("also where no content of the call points to it (codex-acp's reading of a file)", () => {
    const written = Written.running().update(
      call("c1", { title: "Read file", status: "in_progress" }),
      update("c1", { status: "completed", _meta: { terminal_output_delta: { data: "alpha\n", terminal_id: "c1" } } }),
    );
    expect(written.items()).toMatchObject([
      { kind: "tool", content: [{ type: "terminal", terminal: "x3" }] },
      { kind: "terminal", command: "Read file", output: "alpha\n", status: "exited" },
    ]);
  });

  test("output beyond the bound keeps its end, at a cost in proportion to it", () => {
    const written = Written.running();
    written.event({ type: "terminal", terminal: "t", event: "started", command: "yes", args: [], cwd: "/" });
    let bytes = 0;
    let all = "";
    for (let index = 0; index < 1000; index++) {
      const text = `${index} ${"y".repeat(1000)}\n`;
      all += text;
      written.event({ type: "terminal", terminal: "t", event: "output", text });
      bytes += JSON.stringify(written.last).length;
    }
    const [terminal] = written.items();
    const output = terminal?.["output"] as string;
    expect(output.length).toBeLessThanOrEqual(TOOL_OUTPUT);
    expect(output.length).toBeGreaterThanOrEqual(TOOL_OUTPUT / 2);
    expect(all.endsWith(output)).toBe(true);
    expect(terminal?.["omitted"]).toBe(all.length - output.length);
    expect(bytes).toBeLessThan(all.length * 3);
  });

  test("its output does not tear apart the message it comes into", () => {
    const written = Written.running();
    written.event({ type: "terminal", terminal: "t", event: "started", command: "make", args: [], cwd: "/" });
    written.text("It ");
    written.event({ type: "terminal", terminal: "t", event: "output", text: "cc a.c\n" });
    written.text("builds.");
    expect(written.items()).toMatchObject([{ kind: "terminal" }, { text: "It builds." }]);
  });

  const run = (written: Written, terminal: string): Written =>
    written.event({ type: "terminal", terminal, event: "started", command: "make", args: [], cwd: "/" });

  test("one that runs is never forgotten, however many begin and end meanwhile", () => {
    const written = run(Written.running(), "long");
    for (let index = 0; index < 2 * BOUNDS.terminalsKnown; index++) {
      run(written, `t${index}`).event({
        type: "terminal",
        terminal: `t${index}`,
        event: "exited",
        code: 0,
        signal: null,
      });
    }
    written.event({ type: "terminal", terminal: "long", event: "output", text: "still here" });
    written.event({ type: "terminal", terminal: "long", event: "exited", code: 3, signal: null });
    expect(written.items()[0]).toMatchObject({ output: "still here", status: "exited", exit: { code: 3 } });
    expect(written.state.terminals.size).toBe(BOUNDS.terminalsKnown);
  });

  test("of those that an agent reports no more than the bound run: the longest are interrupted, which one notice says", () => {
    const more = 20;
    const written = run(Written.running(), "ours").update(call("c", { status: "in_progress" }));
    for (let index = 0; index < BOUNDS.terminalsKnown - 1 + more; index++)
      written.update(update("c", { _meta: { terminal_info: { terminal_id: `t${index}` } } }));
    const statuses = written.items().flatMap((item) => (item.kind === "terminal" ? [item["status"]] : []));
    expect(statuses[0]).toBe("running");
    expect(statuses.slice(1, 1 + more).every((status) => status === "interrupted")).toBe(true);
    expect(statuses.slice(1 + more).every((status) => status === "running")).toBe(true);
    expect(written.items().filter(({ kind }) => kind === "notice")).toMatchObject([{ level: "warning", count: more }]);
    expect(written.state.terminals.size).toBe(BOUNDS.terminalsKnown);
  });

  test("one that outlives the agent is interrupted (G7)", () => {
    const written = Written.running();
    written.event({ type: "terminal", terminal: "t", event: "started", command: "serve", args: [], cwd: "/" });
    written.do((draft) => endTurn(draft, { status: "done" }));
    expect(written.items()).toMatchObject([{ status: "running" }]);
    written.do(endSession);
    expect(written.items()).toMatchObject([{ status: "interrupted" }]);
  });
});
