import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { threadTopic, type Commit, type Json } from "@skein/client/protocol";
import type { SessionUpdate } from "../agents/driver.ts";
import { failing } from "./testing/failing-store.ts";
import { refusal } from "./testing/refusal.ts";
import { permission } from "./testing/scripted-driver.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
});

describe("G7: a crash of the server", () => {
  test("is seen at once in a thread that was idle too: what went on after the turn's end is interrupted", async () => {
    const { thread } = await bench.running();
    bench.driver.last.end();
    void bench.driver.last.update({
      sessionUpdate: "tool_call",
      toolCallId: "late",
      title: "T",
      status: "in_progress",
    });
    await bench.settled();
    await bench.crash();
    // Read from the log as it is, by no command that would load the thread.
    const snapshot = JSON.parse((await bench.store.snapshot(threadTopic(thread))).text) as Commit;
    const tool = snapshot.changes.find((change) => change.kind === "tool");
    expect(tool).toMatchObject({ op: "put", value: { status: "interrupted" } });
    expect(await bench.card(thread)).toMatchObject({ status: "idle" });
  });

  test("P55, L28: is seen: what ran is interrupted, what waited waits for a person, and the thread goes on", async () => {
    const { thread, turn } = await bench.running();
    const two = await bench.prompt(thread, "Two");
    void bench.driver.last.update({ sessionUpdate: "tool_call", toolCallId: "b", title: "T", status: "in_progress" });
    void bench.driver.last.emit(permission("1"));
    void bench.driver.last.emit({ type: "question", request: "2", message: "?", mode: "form" });
    void bench.driver.last.emit({
      type: "terminal",
      terminal: "t",
      event: "started",
      command: "make",
      args: [],
      cwd: "/",
    });
    void bench.driver.last.say("Half a sen");
    await bench.settled();
    await bench.crash();
    expect(await bench.items(thread)).toEqual([
      "turn interrupted",
      "message user",
      "tool interrupted",
      "tool interrupted",
      "permission cancelled",
      "question cancelled",
      "terminal interrupted",
      "message assistant",
    ]);
    const view = await bench.view(thread);
    expect([...view.all("message").values()][1]).toMatchObject({ text: "Half a sen", status: "interrupted" });
    expect(view.get("turn", turn)).toMatchObject({ error: { message: "The server ended while the agent worked." } });
    expect(view.get("turn", two)).toMatchObject({ status: "queued" });
    expect(await bench.card(thread)).toMatchObject({ status: "interrupted", waiting: 0 });
    expect(bench.driver.sessions.length).toBe(1);
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.options.resume).toBe("agent-session-1");
    bench.driver.last.end();
    expect(await bench.turn(thread, two)).toMatchObject({ status: "done" });
    const three = await bench.prompt(thread, "Three");
    expect(three).toBe("u2");
  });

  test("does not touch a thread that rested", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.say("Done.");
    bench.driver.last.end();
    await bench.settled();
    const before = (await bench.store.head(threadTopic(thread)))?.seq;
    await bench.crash();
    expect((await bench.store.head(threadTopic(thread)))?.seq).toBe(before);
  });

  test("an orderly end interrupts what runs and ends the agents", async () => {
    const { thread, turn } = await bench.running();
    void bench.driver.last.say("Half");
    await bench.threads.close();
    expect(bench.driver.last.did("close")).toBe(true);
    expect(await bench.turn(thread, turn)).toMatchObject({
      status: "interrupted",
      error: { message: "The server was stopped." },
    });
    expect((await refusal(bench.prompt(thread, "More"))).retry).toBe("reconnect");
  });
});

describe("a server that is stopped", () => {
  test("waits for no agent that is only being started: it is killed", async () => {
    const thread = await bench.create();
    bench.driver.gate = new Promise(() => {});
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.openings === 1);
    await bench.threads.close();
    expect(bench.driver.sessions).toEqual([]);
  });
});

describe("a log that takes nothing", () => {
  let full: boolean;
  /** How often something was to be committed that was not. */
  let tries: number;
  beforeEach(async () => {
    full = false;
    tries = 0;
    await bench.threads.close();
    await bench.store.close();
    await bench.start((store) =>
      failing(store, () => {
        if (full) tries++;
        return full;
      }),
    );
  });

  test("L13: no commit, no send: the turn fails visibly, and the thread goes on once there is room", async () => {
    const { thread, turn } = await bench.running();
    void bench.driver.last.say("This is kept. ");
    await bench.settled();
    full = true;
    void bench.driver.last.say("This is lost.");
    await bench.until(() => bench.driver.last.did("kill"));
    void bench.driver.last.say("Not heard.");
    const refused = await refusal(bench.prompt(thread, "More"));
    expect(refused).toMatchObject({ kind: "internal", retry: "later" });
    await bench.clock.advance(3000);
    full = false;
    await bench.clock.advance(1000);
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    const view = await bench.view(thread);
    expect(view.get("turn", turn)?.["error"]).toMatchObject({ message: expect.stringContaining("disk is broken") });
    expect([...view.all("message").values()][1]).toMatchObject({ text: "This is kept. ", status: "interrupted" });
    await bench.prompt(thread, "Again");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    void bench.driver.last.say("Fine.");
    bench.driver.last.end();
    expect(await bench.card(thread)).toMatchObject({ status: "idle", preview: "Fine." });
  });

  test("it is tried again ever more seldom, once a minute at last, and one thread has one try at a time", async () => {
    const { thread, turn } = await bench.running();
    full = true;
    void bench.driver.last.say("This is lost.");
    await bench.until(() => bench.driver.last.did("kill"));
    await bench.settled();
    const triesIn = async (seconds: number): Promise<number> => {
      const before = tries;
      for (let second = 0; second < seconds; second++) {
        await bench.clock.advance(1000);
        await bench.settled();
      }
      return tries - before;
    };
    expect(await triesIn(10)).toBeWithin(3, 8);
    // Who asks for it meanwhile has a try of their own, and brings no more of ours.
    await refusal(bench.command("thread.resume", { thread }));
    expect(bench.clock.pending).toBe(1);
    expect(await triesIn(600)).toBeWithin(10, 25);
    full = false;
    await triesIn(61);
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    expect(bench.clock.pending).toBe(0);
  });

  test("a thread that is gone is not tried again", async () => {
    const { thread } = await bench.running();
    full = true;
    void bench.driver.last.say("This is lost.");
    await bench.until(() => bench.driver.last.did("kill"));
    full = false;
    const gone = { op: "drop", kind: "thread", id: thread } as const;
    await bench.hub.write({ changes: [{ topic: threadTopic(thread), changes: [gone] }] });
    await bench.clock.advance(1000);
    await bench.settled();
    expect(bench.clock.pending).toBe(0);
    expect(bench.reported.at(-1)).toMatchObject({ kind: "not_found" });
  });

  test("an answer that is not durable is not given to the agent", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    await bench.settled();
    full = true;
    await refusal(bench.command("thread.answer", { thread, permission: "r3", option: "yes" }));
    expect(bench.driver.last.did("answerPermission")).toBe(false);
    full = false;
    await bench.clock.advance(1000);
    await bench.until(async () => (await bench.thread(thread)).status !== "waiting");
    expect((await bench.view(thread)).get("permission", "r3")).toMatchObject({ status: "cancelled" });
  });
});

describe("G7: what the agent says cannot be put into the thread", () => {
  /** So deep that no JSON can be made of it. */
  const deep = (): Json => {
    let value: Json = [];
    for (let level = 0; level < 100_000; level++) value = [value];
    return value;
  };

  const deepCall = (): SessionUpdate => ({
    sessionUpdate: "tool_call",
    toolCallId: "deep",
    title: "T",
    rawInput: deep(),
  });

  test("the turn fails with the reason, what came before is kept, it is reported, and the next prompt is worked on", async () => {
    const { thread, turn } = await bench.running();
    const queued = await bench.prompt(thread, "Waits");
    void bench.driver.last.say("This is kept.");
    void bench.driver.last.options.emit({ type: "update", update: deepCall() });
    await bench.until(() => bench.driver.last.did("kill"));
    await bench.clock.advance(1000);
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    const view = await bench.view(thread);
    expect(view.get("turn", turn)?.["error"]).toMatchObject({ message: expect.stringContaining("RangeError") });
    expect([...view.all("message").values()][1]).toMatchObject({ text: "This is kept.", status: "interrupted" });
    expect(view.get("turn", queued)).toMatchObject({ status: "queued" });
    expect(bench.reported).toMatchObject([{ kind: "internal", cause: { name: "RangeError" } }]);
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    bench.driver.last.end();
    expect(await bench.turn(thread, queued)).toMatchObject({ status: "done" });
  });

  test("a command that comes at once is carried out on what the log has, or refused", async () => {
    const { thread, turn } = await bench.running();
    void bench.driver.last.options.emit({ type: "update", update: deepCall() });
    await refusal(bench.prompt(thread, "At once"));
    const next = await bench.prompt(thread, "Then");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "failed" });
    bench.driver.last.end();
    expect(await bench.turn(thread, next)).toMatchObject({ status: "done" });
  });

  test("an end of the turn that cannot be written ends it all the same", async () => {
    const { thread, turn } = await bench.running();
    const { options, prompts } = bench.driver.last;
    void options.emit({ type: "turn", prompt: prompts[0]!, error: { message: "deep", detail: deep() } });
    await bench.until(() => bench.reported.length === 1);
    await bench.clock.advance(1000);
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    await bench.prompt(thread, "Again");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
  });
});
