import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
});

const statuses = async (thread: string) => {
  const turns = [...(await bench.view(thread)).all("turn")];
  return Object.fromEntries(turns.map(([id, value]) => [id, value["status"]]));
};

describe("the queue", () => {
  test("P65: gives an agent one prompt at a time, in order", async () => {
    const { thread } = await bench.running("One");
    await bench.prompt(thread, "Two");
    await bench.prompt(thread, "Three");
    await bench.settled();
    expect(bench.driver.last.prompts).toEqual([1]);
    expect(await statuses(thread)).toEqual({ u0: "running", u1: "queued", u2: "queued" });
    expect((await bench.turn(thread, "u1")).prompt).toEqual({ text: "Two", blocks: [] });
    bench.driver.last.end();
    await bench.until(() => bench.driver.last.prompts.length === 2);
    bench.driver.last.end();
    await bench.until(() => bench.driver.last.prompts.length === 3);
    bench.driver.last.end();
    expect(await statuses(thread)).toEqual({ u0: "done", u1: "done", u2: "done" });
    const texts = (await bench.view(thread)).timeline().flatMap((item) => item.value["text"] ?? []);
    expect(texts).toEqual(["One", "Two", "Three"]);
    expect((await bench.thread(thread)).status).toBe("idle");
  });

  test("is in the order in which prompts came, also where one takes longer to check, and past one that is refused", async () => {
    const { thread } = await bench.running("One");
    const blob = await bench.blobs.put(new TextEncoder().encode("pixels"));
    const image = { blocks: [{ type: "image", blob, mimeType: "image/png" }] };
    const missing = { blocks: [{ type: "image", blob: "0".repeat(64), mimeType: "image/png" }] };
    const given = [
      bench.prompt(thread, "Two", image),
      bench.prompt(thread, "Never", missing),
      bench.prompt(thread, "Three"),
      bench.prompt(thread, "Four", image),
      bench.prompt(thread, "Five"),
    ];
    const [two, never, three, four, five] = await Promise.allSettled(given);
    expect(never).toMatchObject({ status: "rejected", reason: { kind: "not_found" } });
    const ids = [two, three, four, five].map((each) => (each?.status === "fulfilled" ? each.value : ""));
    expect(ids).toEqual(["u1", "u2", "u3", "u4"]);
  });

  test("P65: `now` stops the running turn and comes before what waits", async () => {
    const { thread } = await bench.running("One");
    await bench.prompt(thread, "Two");
    const now = await bench.prompt(thread, "Now!", { when: "now" });
    expect(bench.driver.last.did("cancel")).toBe(true);
    bench.driver.last.end("cancelled");
    await bench.until(() => bench.driver.last.prompts.length === 2);
    expect(await statuses(thread)).toEqual({ u0: "cancelled", u1: "queued", [now]: "running" });
  });

  test("P66: a turn can be taken out of it until it starts", async () => {
    const { thread, turn } = await bench.running("One");
    const two = await bench.prompt(thread, "Two");
    await bench.command("thread.unqueue", { thread, turn: two });
    expect(await bench.turn(thread, two)).toMatchObject({ status: "cancelled" });
    expect(await bench.command("thread.unqueue", { thread, turn }).catch((error: unknown) => error)).toMatchObject({
      kind: "conflict",
    });
    bench.driver.last.end();
    await bench.settled();
    expect(bench.driver.last.prompts).toEqual([1]);
  });

  test("P66: what waits can be changed and moved, also after a crash, until it starts", async () => {
    const { thread, turn } = await bench.running("One");
    const [two, three, four] = [
      await bench.prompt(thread, "Two"),
      await bench.prompt(thread, "Three"),
      await bench.prompt(thread, "Four"),
    ];
    await bench.command("thread.requeue", { thread, turn: four, before: two });
    await bench.command("thread.requeue", { thread, turn: two, text: "Two, changed", before: null });
    await bench.command("thread.requeue", { thread, turn: three, blocks: [{ type: "link", uri: "file:///a" }] });
    const refused = (params: object): Promise<unknown> =>
      bench.command("thread.requeue", { thread, ...params }).catch((error: unknown) => error);
    expect(await refused({ turn, text: "Too late" })).toMatchObject({ kind: "conflict" });
    expect(await refused({ turn: two, before: turn })).toMatchObject({ kind: "conflict", path: "params.before" });
    expect(await refused({ turn: two, text: " " })).toMatchObject({ kind: "invalid" });
    expect((await bench.turn(thread, three)).prompt).toEqual({
      text: "Three",
      blocks: [{ type: "link", uri: "file:///a" }],
    });
    await bench.crash();
    await bench.command("thread.resume", { thread });
    for (const count of [1, 2, 3]) {
      await bench.until(() => bench.driver.last.prompts.length === count);
      bench.driver.last.end();
    }
    await bench.settled();
    const texts = (await bench.view(thread)).timeline().flatMap((item) => item.value["text"] ?? []);
    expect(texts).toEqual(["One", "Four", "Three", "Two, changed"]);
  });

  test("waits for a person after a turn that failed", async () => {
    const { thread } = await bench.running("One");
    await bench.prompt(thread, "Two");
    void bench.driver.last.emit({ type: "turn", prompt: 1, error: { message: "overloaded", detail: { code: 529 } } });
    await bench.settled();
    expect(await bench.turn(thread, "u0")).toMatchObject({ status: "failed", error: { message: "overloaded" } });
    expect((await bench.thread(thread)).status).toBe("interrupted");
    expect(bench.driver.last.prompts).toEqual([1]);
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.last.prompts.length === 2);
    expect((await bench.thread(thread)).status).toBe("running");
  });

  test("has an end", async () => {
    const { thread } = await bench.running("One");
    for (let index = 0; index < 64; index++) await bench.prompt(thread, `Wait ${index}`);
    const error = await bench.prompt(thread, "One too many").catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "busy", retry: "later" });
  });
});

describe("the outcome of the last turn", () => {
  const outcomes = async (thread: string) => {
    const [{ outcome }, card] = [await bench.thread(thread), await bench.card(thread)];
    return [outcome, card.outcome];
  };

  test("P57: stands on the thread and its card, so that a failure is no rest", async () => {
    const { thread } = await bench.running("One");
    expect(await outcomes(thread)).toEqual([undefined, undefined]);
    void bench.driver.last.emit({ type: "turn", prompt: 1, error: { message: "overloaded" } });
    expect(await outcomes(thread)).toEqual(["failed", "failed"]);
    expect((await bench.card(thread)).status).toBe("idle");
    await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.last.prompts.length === 2);
    bench.driver.last.end();
    expect(await outcomes(thread)).toEqual(["done", "done"]);
  });

  test("P57: is that of a crash, too", async () => {
    const { thread } = await bench.running("One");
    await bench.crash();
    expect(await outcomes(thread)).toEqual(["interrupted", "interrupted"]);
  });
});

describe("cancel", () => {
  test("asks the agent, and the turn is cancelled with what it still says", async () => {
    const { thread, turn } = await bench.running();
    void bench.driver.last.say("I was abo");
    expect(await bench.command("thread.cancel", { thread })).toMatchObject({ turn });
    expect(bench.driver.last.did("cancel")).toBe(true);
    void bench.driver.last.say("ut to");
    bench.driver.last.end("cancelled");
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled", stopReason: "cancelled" });
    const messages = [...(await bench.view(thread)).all("message").values()];
    expect(messages[1]).toMatchObject({ text: "I was about to", status: "complete" });
    await bench.clock.advance(60_000);
    expect(bench.driver.last.did("kill")).toBe(false);
  });

  test("L27: kills an agent that does not stop within its grace; the thread goes on with its conversation", async () => {
    const { thread, turn } = await bench.running();
    const first = bench.driver.last;
    await bench.prompt(thread, "Next");
    await bench.command("thread.cancel", { thread, queue: "continue" });
    await bench.clock.advance(9_999);
    expect(first.did("kill")).toBe(false);
    await bench.clock.advance(1);
    expect(first.did("kill")).toBe(true);
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.options.resume).toBe(first.id);
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled" });
    void first.say("a word from the grave");
    expect(JSON.stringify((await bench.view(thread)).dump())).not.toContain("grave");
  });

  test("P66: is harmless when nothing runs, and says so", async () => {
    const thread = await bench.create();
    expect(await bench.command("thread.cancel", { thread })).toMatchObject({ turn: null, topic: `thread:${thread}` });
  });

  test("P66: of a turn whose agent hangs while it starts ends that agent; the next prompt starts another", async () => {
    bench.driver.gate = new Promise(() => {});
    const thread = await bench.create();
    const turn = await bench.prompt(thread, "Go");
    await bench.until(() => bench.driver.openings === 1);
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "running" });
    await bench.command("thread.cancel", { thread, turn });
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled" });
    expect(bench.driver.aborted).toBe(1);
    bench.driver.gate = null;
    await bench.prompt(thread, "Again");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.openings).toBe(2);
  });

  test("P66: ends an agent that hangs while it starts for no turn", async () => {
    bench.driver.gate = new Promise(() => {});
    const thread = await bench.create();
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.openings === 1);
    await bench.command("thread.cancel", { thread });
    await bench.until(() => bench.driver.aborted === 1);
    expect([...(await bench.view(thread)).all("notice").values()]).toEqual([]);
  });

  test("P66: names its turn: of one that has ended it stops nothing, and holds nothing", async () => {
    const { thread, turn } = await bench.running();
    bench.driver.last.end();
    const next = await bench.prompt(thread, "Next");
    await bench.prompt(thread, "After");
    await bench.until(() => bench.driver.last.prompts.length === 2);
    expect(await bench.command("thread.cancel", { thread, turn })).toMatchObject({ turn: null });
    expect(bench.driver.last.did("cancel")).toBe(false);
    expect(await bench.turn(thread, next)).toMatchObject({ status: "running" });
    expect((await bench.thread(thread)).held).toBeUndefined();
  });

  test("P66: holds what waits until a person continues, also over a restart", async () => {
    const { thread, turn } = await bench.running();
    await bench.prompt(thread, "Next");
    await bench.command("thread.cancel", { thread, turn });
    bench.driver.last.end("cancelled");
    await bench.settled();
    expect(bench.driver.last.prompts).toEqual([1]);
    expect(await bench.thread(thread)).toMatchObject({ held: true, status: "interrupted", outcome: "cancelled" });
    await bench.crash();
    expect(await bench.thread(thread)).toMatchObject({ held: true });
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect((await bench.thread(thread)).held).toBeUndefined();
  });

  test("P66: with `queue: continue` goes on with what waits", async () => {
    const { thread, turn } = await bench.running();
    await bench.prompt(thread, "Next");
    await bench.command("thread.cancel", { thread, turn, queue: "continue" });
    bench.driver.last.end("cancelled");
    await bench.until(() => bench.driver.last.prompts.length === 2);
    expect((await bench.thread(thread)).held).toBeUndefined();
  });

  test("P66: what is held is let go by the next prompt, and held no more once it is taken out", async () => {
    const { thread } = await bench.running();
    const next = await bench.prompt(thread, "Next");
    await bench.command("thread.cancel", { thread });
    bench.driver.last.end("cancelled");
    await bench.command("thread.unqueue", { thread, turn: next });
    const idle = await bench.thread(thread);
    expect([idle.status, idle.held]).toEqual(["idle", undefined]);
    await bench.prompt(thread, "Other");
    await bench.until(() => bench.driver.last.prompts.length === 2);
  });

  test("closes what the turn left open", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.update({ sessionUpdate: "tool_call", toolCallId: "a", title: "T", status: "in_progress" });
    await bench.command("thread.cancel", { thread });
    bench.driver.last.end("cancelled");
    expect([...(await bench.view(thread)).all("tool").values()]).toMatchObject([{ status: "interrupted" }]);
  });
});

describe("after the end of a turn", () => {
  test("what still comes is written to it, and closed when the agent rests", async () => {
    const { thread, turn } = await bench.running();
    bench.driver.last.end();
    void bench.driver.last.say("PS: ");
    void bench.driver.last.say("bye");
    await bench.clock.advance(1000);
    const messages = [...(await bench.view(thread)).all("message").values()];
    expect(messages[1]).toMatchObject({ text: "PS: bye", status: "complete", turn, endedAt: bench.clock.now() });
    expect(await bench.card(thread)).toMatchObject({ status: "idle", preview: "PS: bye" });
  });

  test("an idle agent is ended after 15 minutes, and the next prompt goes on with its conversation", async () => {
    const { thread } = await bench.running();
    bench.driver.last.end();
    await bench.settled();
    await bench.clock.advance(15 * 60_000 - 1);
    expect(bench.driver.last.did("close")).toBe(false);
    await bench.clock.advance(1);
    expect(bench.driver.last.did("close")).toBe(true);
    await bench.prompt(thread, "Still there?");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.options.resume).toBe("agent-session-1");
    expect([...(await bench.view(thread)).all("notice").values()]).toEqual([]);
  });

  test("an agent is not idle while a command or a task of its runs, nor while it is heard", async () => {
    const minutes = 60_000;
    await bench.running();
    const agent = bench.driver.last;
    agent.end();
    const terminal = { type: "terminal", terminal: "server" } as const;
    void agent.emit({ ...terminal, event: "started", command: "serve", args: [], cwd: "/" });
    await bench.settled();
    await bench.clock.advance(40 * minutes);
    expect(agent.did("close")).toBe(false);
    void agent.emit({ ...terminal, event: "exited", code: 0, signal: null });
    void agent.update({ sessionUpdate: "tool_call", toolCallId: "task", title: "Task", status: "in_progress" });
    await bench.clock.advance(40 * minutes);
    expect(agent.did("close")).toBe(false);
    void agent.update({ sessionUpdate: "tool_call_update", toolCallId: "task", status: "completed" });
    for (let count = 0; count < 8; count++) {
      await bench.clock.advance(10 * minutes);
      void agent.say("Still here. ");
    }
    expect(agent.did("close")).toBe(false);
    await bench.clock.advance(15 * minutes - 1);
    expect(agent.did("close")).toBe(false);
    await bench.clock.advance(1);
    expect(agent.did("close")).toBe(true);
  });

  test("an agent that could not go on with its conversation is seen not to remember", async () => {
    const { thread } = await bench.running();
    bench.driver.last.end();
    await bench.settled();
    bench.driver.last.exit(0);
    bench.driver.opened = { resumed: false };
    await bench.prompt(thread, "Still there?");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    const notices = [...(await bench.view(thread)).all("notice").values()];
    expect(notices.map((notice) => notice["text"])).toMatchObject([
      "The agent ended unexpectedly (exit code 0).",
      expect.stringContaining("does not remember"),
    ]);
  });

  test("a mode and options that were chosen are given to the agent that goes on", async () => {
    bench.driver.opened = {
      mode: "auto",
      modes: ["auto", "plan"].map((id) => ({ id, name: id })),
      config: [{ id: "model", currentValue: "small" }],
    };
    const { thread } = await bench.running();
    bench.driver.last.end();
    await bench.command("thread.mode", { thread, mode: "plan" });
    await bench.command("thread.config", { thread, option: "model", value: "big" });
    expect(await bench.thread(thread)).toMatchObject({ mode: "plan", config: [{ id: "model", currentValue: "big" }] });
    await bench.clock.advance(15 * 60_000);
    await bench.prompt(thread, "Go on");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.calls.slice(0, 2)).toEqual([
      { call: "setMode", mode: "plan" },
      { call: "setConfig", option: "model", value: "big" },
    ]);
    expect(await bench.thread(thread)).toMatchObject({ mode: "plan", config: [{ id: "model", currentValue: "big" }] });
    // P52: what it offers is what it has by itself, not what this thread chose.
    const { mode, modes, config } = bench.driver.opened;
    expect(bench.offered).toMatchObject([{ agent: "scripted", offers: { mode, modes, config } }]);
  });

  test("P52: what commands it has is told on each time it says so, not of a program that only this thread knows", async () => {
    const told = { sessionUpdate: "available_commands_update", availableCommands: [{ name: "x", description: "y" }] };
    await bench.running();
    await bench.driver.last.update(told);
    const exec = { command: "own", args: [] };
    const own = (await bench.command("thread.create", { exec, cwd: bench.directory }))["thread"] as string;
    await bench.prompt(own, "Do it");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    await bench.driver.last.update(told);
    expect((await bench.thread(own)).commands).toHaveLength(1);
    expect(bench.offered.slice(1)).toEqual([
      { agent: "scripted", offers: { commands: [{ name: "x", description: "y" }] } },
    ]);
  });
});

describe("G7: an agent that dies", () => {
  test("P55: in a turn interrupts it, with its exit code and the end of its stderr; what waits waits for a person", async () => {
    const { thread, turn } = await bench.running();
    const two = await bench.prompt(thread, "Two");
    void bench.driver.last.say("Half a sen");
    void bench.driver.last.update({ sessionUpdate: "tool_call", toolCallId: "a", title: "T", status: "in_progress" });
    bench.driver.last.exit(137, { stderr: "out of memory" });
    expect(await bench.turn(thread, turn)).toMatchObject({
      status: "interrupted",
      error: {
        message: "The agent ended unexpectedly (exit code 137).",
        detail: { code: 137, stderr: "out of memory" },
      },
    });
    const view = await bench.view(thread);
    expect([...view.all("message").values()].map((message) => message["status"])).toEqual(["complete", "complete"]);
    expect([...view.all("tool").values()]).toMatchObject([{ status: "interrupted" }]);
    expect(view.get("turn", two)).toMatchObject({ status: "queued" });
    expect(await bench.card(thread)).toMatchObject({ status: "interrupted" });
    await bench.prompt(thread, "Three");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.options.resume).toBe("agent-session-1");
    expect(bench.driver.last.calls[0]).toMatchObject({ blocks: [{ text: "Two" }] });
  });

  test("while it is being opened fails the turn", async () => {
    const { thread } = await bench.running();
    bench.driver.last.end();
    await bench.settled();
    bench.driver.last.exit(0, { expected: true });
    bench.driver.opened = {
      mode: "a",
      modes: [
        { id: "a", name: "a" },
        { id: "b", name: "b" },
      ],
    };
    await bench.command("thread.mode", { thread, mode: "b" });
    const gate = Promise.withResolvers<void>();
    bench.driver.onOpen = async (session) => {
      session.setMode = async () => gate.promise;
    };
    const turn = await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.sessions.length === 2);
    bench.driver.last.exit(9);
    gate.resolve();
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
  });

  test("at any moment of its opening ends the turn that waits for it, and the next prompt starts another", async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const { thread } = await bench.running();
      bench.driver.last.end();
      await bench.settled();
      bench.driver.last.exit(0, { expected: true });
      bench.driver.onOpen = (session) => {
        void (async () => {
          for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
          session.exit(3, { stderr: "no such model" });
        })();
      };
      const turn = await bench.prompt(thread, "Two");
      await bench.until(async () => (await bench.turn(thread, turn)).status !== "running");
      const { status, error } = await bench.turn(thread, turn);
      expect(["failed", "interrupted"]).toContain(status);
      expect(error).toMatchObject({ message: "The agent ended unexpectedly (exit code 3).", detail: { code: 3 } });
      bench.driver.onOpen = () => {};
      await bench.prompt(thread, "Three");
      await bench.until(() => bench.driver.last.prompts.length === 1);
      expect(bench.driver.last.calls[0]).toMatchObject({ blocks: [{ text: "Three" }] });
      bench.driver.last.end();
      await bench.settled();
      bench.driver.last.exit(0, { expected: true });
    }
  });
});
