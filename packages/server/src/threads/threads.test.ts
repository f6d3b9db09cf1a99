import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SkeinError, threadTopic, type Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { DriverEvent } from "../agents/driver.ts";
import type { CommandAnswer } from "../store/contract.ts";
import { failing } from "./testing/failing-store.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
});

const items = async (thread: string) =>
  (await bench.view(thread)).timeline().map(({ kind, value }) => {
    const what = value["role"] ?? value["status"];
    return typeof what === "string" ? `${kind} ${what}` : kind;
  });

const refusal = async (answer: Promise<unknown>): Promise<SkeinError> => {
  const error: unknown = await answer.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SkeinError)) throw new Error(`Not refused: ${String(error)}`);
  return error;
};

const permission = (request: string, toolCallId = "a"): DriverEvent => ({
  type: "permission",
  request,
  toolCall: { toolCallId, title: "rm x" },
  options: [
    { optionId: "yes", name: "Yes", kind: "allow_once" },
    { optionId: "no", name: "No", kind: "reject_once" },
  ],
});

describe("the log", () => {
  test("G2: the steps of closed turns are folded, and who was away is given what they led to", async () => {
    const { thread } = await bench.running("one");
    const topic = threadTopic(thread);
    for (const text of ["two", "three"]) {
      void bench.driver.last.say("x");
      bench.driver.last.end();
      await bench.prompt(thread, text);
      await bench.until(async () => (await bench.thread(thread)).status === "running");
      await bench.settled();
    }
    const head = await bench.store.head(topic);
    expect(await bench.store.logSince(topic, 0, 1_000_000)).toMatchObject({ folded: true });
    expect(await bench.store.logSince(topic, head!.seq - 1, 1_000_000)).toMatchObject({ folded: false });
    const changed = JSON.parse((await bench.store.changedSince(topic, 0)).text) as Commit;
    const replica = new Replica(topic);
    expect(replica.apply(changed)).toBe("applied");
    expect(replica.dump()).toEqual((await bench.view(thread)).dump());
  });
});

describe("a turn", () => {
  test("is a prompt, what the agent does, and its end", async () => {
    const { thread, turn } = await bench.running("Say hello\nand more");
    const agent = bench.driver.last;
    expect(agent.calls).toEqual([
      { call: "prompt", prompt: 1, blocks: [{ type: "text", text: "Say hello\nand more" }] },
    ]);
    expect(await bench.thread(thread)).toMatchObject({ status: "running", title: "Say hello", titledBy: "prompt" });
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "running", by: "local", key: "key-000002" });
    void agent.say("Hel");
    void agent.say("lo");
    agent.end("end_turn", { totalTokens: 3 });
    const view = await bench.view(thread);
    expect([...view.all("message").values()]).toMatchObject([
      { role: "user", text: "Say hello\nand more", status: "complete", by: "local", turn },
      { role: "assistant", text: "Hello", status: "complete", turn },
    ]);
    expect(view.get("turn", turn)).toMatchObject({ status: "done", stopReason: "end_turn", usage: { totalTokens: 3 } });
    expect(view.get("turn", turn)?.["prompt"]).toBeUndefined();
    expect(view.get("thread", thread)).toMatchObject({ status: "idle", session: "agent-session-1" });
    expect(await bench.card(thread)).toMatchObject({
      status: "idle",
      title: "Say hello",
      preview: "Hello",
      waiting: 0,
    });
  });

  test("that fails at the agent's start says why, and the next prompt tries again", async () => {
    const thread = await bench.create();
    bench.driver.failure = new SkeinError("agent", "It needs a login.");
    const turn = await bench.prompt(thread, "One");
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    expect(await bench.turn(thread, turn)).toMatchObject({ error: { message: "It needs a login." } });
    // The turn's error is where that is told, and there alone.
    expect(await items(thread)).toEqual(["turn failed", "message user"]);
    expect((await bench.thread(thread)).status).toBe("idle");
    bench.driver.failure = null;
    const again = await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    bench.driver.last.end();
    expect((await bench.turn(thread, again)).status).toBe("done");
  });

  test("carries blobs and blocks in ACP's words, as far as the agent takes them", async () => {
    const blob = await bench.blobs.put(new TextEncoder().encode("pixels"));
    const thread = await bench.create();
    const blocks = [
      { type: "image", blob, mimeType: "image/png" },
      { type: "link", uri: "file:///a" },
      { type: "resource", uri: "file:///b", text: "B" },
      { type: "file", blob, mimeType: "text/plain", name: "c" },
    ];
    await bench.prompt(thread, "", { blocks });
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.calls[0]).toMatchObject({
      blocks: [
        { type: "image", data: Buffer.from("pixels").toString("base64"), mimeType: "image/png" },
        { type: "resource_link", uri: "file:///a", name: "file:///a" },
        { type: "resource", resource: { uri: "file:///b", text: "B" } },
        { type: "resource", resource: { uri: "file:///c", text: "pixels" } },
      ],
    });
    bench.driver.last.end();
    const turn = await bench.prompt(thread, "Listen", { blocks: [{ type: "audio", blob, mimeType: "audio/wav" }] });
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
    expect(await bench.turn(thread, turn)).toMatchObject({ error: { message: "This agent takes no audio." } });
  });

  test("keeps the raw lines it came from", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.say("Hi");
    bench.driver.last.end();
    await bench.clock.advance(250);
    await bench.settled();
    const lines = await bench.store.events(thread, 0, 10);
    expect(lines.map(({ direction, line }) => [direction, (JSON.parse(line) as { type: string }).type])).toEqual([
      ["in", "update"],
      ["in", "turn"],
    ]);
  });
});

describe("permissions and questions (LESSONS)", () => {
  test("wait for a person, all of them, and the agent hears the answer once it is durable", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    void bench.driver.last.emit(permission("2", "b"));
    expect(await bench.thread(thread)).toMatchObject({ status: "waiting" });
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 2 });
    const answer = bench.command("thread.answer", { thread, permission: "r3", option: "yes" });
    expect(bench.driver.last.did("answerPermission")).toBe(false);
    await answer;
    expect(bench.driver.last.calls.at(-1)).toEqual({ call: "answerPermission", request: "1", optionId: "yes" });
    const view = await bench.view(thread);
    expect(view.get("permission", "r3")).toMatchObject({ status: "answered", answer: "yes", by: "local" });
    expect(view.get("permission", "r5")).toMatchObject({ status: "pending" });
    expect(await bench.card(thread)).toMatchObject({ status: "waiting", waiting: 1 });
  });

  test("of two answers one wins; the other is told which, and by whom", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    const both = ["yes", "no"].map((option) => bench.command("thread.answer", { thread, permission: "r3", option }));
    const [won, lost] = await Promise.allSettled(both);
    expect(won?.status).toBe("fulfilled");
    expect((lost as PromiseRejectedResult).reason).toMatchObject({
      kind: "conflict",
      detail: { answer: "yes", by: "local", status: "answered" },
    });
    expect(bench.driver.last.calls.filter((each) => each.call === "answerPermission")).toEqual([
      { call: "answerPermission", request: "1", optionId: "yes" },
    ]);
    expect((await bench.view(thread)).get("permission", "r3")).toMatchObject({ answer: "yes" });
    expect(await bench.thread(thread)).toMatchObject({ status: "running" });
  });

  test("an answer that is none of the options, or to nothing that is asked, is refused", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit(permission("1"));
    const odd = await refusal(bench.command("thread.answer", { thread, permission: "r3", option: "maybe" }));
    expect(odd).toMatchObject({ kind: "invalid", detail: ["yes", "no"] });
    const none = await refusal(bench.command("thread.answer", { thread, permission: "r99", option: "yes" }));
    expect(none.kind).toBe("not_found");
    await bench.command("thread.cancel", { thread });
    bench.driver.last.end("cancelled");
    const late = await refusal(bench.command("thread.answer", { thread, permission: "r3", option: "yes" }));
    expect(late).toMatchObject({ kind: "conflict", detail: { status: "cancelled" } });
    expect(bench.driver.last.did("answerPermission")).toBe(false);
  });

  test("a question takes what the person filled in", async () => {
    const { thread } = await bench.running();
    void bench.driver.last.emit({ type: "question", request: "q", message: "Name?", mode: "form", schema: {} });
    await bench.command("thread.answer", { thread, question: "q2", action: "accept", content: { name: "Ada" } });
    expect(bench.driver.last.calls.at(-1)).toEqual({
      call: "answerQuestion",
      request: "q",
      answer: { action: "accept", content: { name: "Ada" } },
    });
    expect((await bench.view(thread)).get("question", "q2")).toMatchObject({
      status: "answered",
      action: "accept",
      content: { name: "Ada" },
    });
  });
});

describe("G3: exactly-once effect", () => {
  test("a prompt sent twice at once, and again later, is one turn with one answer", async () => {
    const thread = await bench.create();
    const prompt = (): Promise<CommandAnswer> =>
      bench.threads.handle("local", "thread.prompt", { key: "the-key-1", thread, text: "Once", when: "queue" });
    const [one, two] = await Promise.all([prompt(), prompt()]);
    expect(two).toEqual(one);
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    bench.driver.last.end();
    await bench.settled();
    expect(await prompt()).toEqual(one);
    await bench.crash();
    expect(await prompt()).toEqual(one);
    expect((await bench.view(thread)).all("turn").size).toBe(1);
  });

  test("a thread is made once", async () => {
    const create = () =>
      bench.threads.handle("local", "thread.create", { key: "the-key-1", agent: "scripted", cwd: bench.directory });
    const [one, two] = await Promise.all([create(), create()]);
    expect(two).toEqual(one);
    expect(await create()).toEqual(one);
    expect((await bench.replica("board:personal")).all("card").size).toBe(1);
  });
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

  test("is seen: what ran is interrupted, what waited waits for a person, and the thread goes on", async () => {
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
    expect(await items(thread)).toEqual([
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
    const head = await bench.store.head(threadTopic(thread));
    await bench.crash();
    expect(await bench.store.head(threadTopic(thread))).toEqual(head);
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

describe("a thread's id", () => {
  test("LESSONS: is ours from the first and stays; what the agent calls its session is a member, which may change", async () => {
    const { thread } = await bench.running();
    const before = await bench.thread(thread);
    expect(before.session).not.toBe(thread);
    bench.driver.last.exit(1);
    bench.driver.opened = { resumed: false };
    const [first] = bench.driver.sessions;
    bench.driver.onOpen = (session) => void Object.assign(session, { id: "another" });
    await bench.prompt(thread, "Again");
    await bench.until(() => bench.driver.last !== first && bench.driver.last.prompts.length > 0);
    expect(await bench.thread(thread)).toMatchObject({ session: "another", title: before.title });
    expect((await bench.card(thread)).thread).toBe(thread);
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
  beforeEach(async () => {
    full = false;
    await bench.threads.close();
    await bench.store.close();
    await bench.start((store) => failing(store, () => full));
  });

  test("no commit, no send: the turn fails visibly, and the thread goes on once there is room (LESSONS)", async () => {
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
    expect(view.get("turn", turn)?.["error"]).toMatchObject({ message: expect.stringContaining("disk is full") });
    expect([...view.all("message").values()][1]).toMatchObject({ text: "This is kept. ", status: "interrupted" });
    await bench.prompt(thread, "Again");
    await bench.until(() => bench.driver.sessions.length === 2 && bench.driver.last.prompts.length === 1);
    void bench.driver.last.say("Fine.");
    bench.driver.last.end();
    expect(await bench.card(thread)).toMatchObject({ status: "idle", preview: "Fine." });
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

describe("commands", () => {
  test("are refused with what is wrong", async () => {
    const thread = await bench.create();
    const create = (params: Record<string, unknown>) =>
      refusal(bench.command("thread.create", { agent: "scripted", cwd: bench.directory, ...params }));
    expect(await create({ cwd: "relative" })).toMatchObject({ kind: "invalid", path: "params.cwd" });
    expect(await create({ cwd: join(bench.directory, "none") })).toMatchObject({ kind: "invalid", path: "params.cwd" });
    expect(await create({ cwd: join(bench.directory, "skein.sqlite") })).toMatchObject({ path: "params.cwd" });
    expect(await create({ exec: { command: "x", args: [] } })).toMatchObject({ path: "params.agent" });
    expect(await create({ board: "other" })).toMatchObject({ kind: "forbidden", path: "params.board" });
    const prompt = (params: Record<string, unknown>) =>
      refusal(bench.command("thread.prompt", { thread, text: "x", when: "queue", ...params }));
    expect(await prompt({ text: " \n" })).toMatchObject({ kind: "invalid", path: "params.text" });
    expect(await prompt({ text: "ä".repeat(131_072) })).toMatchObject({ kind: "too_large" });
    expect(await prompt({ thread: "none" })).toMatchObject({ kind: "not_found" });
    const image = { type: "image", blob: "0".repeat(64), mimeType: "image/png" };
    expect(await prompt({ blocks: [image] })).toMatchObject({ kind: "not_found", path: "params.blocks.0" });
    expect((await bench.view(thread)).all("turn").size).toBe(0);
  });

  test("G6: of somebody else find no thread", async () => {
    const thread = await bench.create();
    const answer = bench.threads.handle("stranger", "thread.rename", { key: "key-of-other", thread, title: "Mine" });
    expect((await refusal(answer)).kind).toBe("not_found");
  });

  test("rename keeps a person's title", async () => {
    const { thread } = await bench.running();
    await bench.command("thread.rename", { thread, title: "Mine" });
    void bench.driver.last.update({ sessionUpdate: "session_info_update", title: "Theirs" });
    expect(await bench.thread(thread)).toMatchObject({ title: "Mine", titledBy: "person" });
    expect(await bench.card(thread)).toMatchObject({ title: "Mine" });
  });

  test("archive stops what runs, refuses prompts, and is undone without starting what waited", async () => {
    const { thread, turn } = await bench.running();
    const two = await bench.prompt(thread, "Two");
    await bench.command("thread.archive", { thread, archived: true });
    bench.driver.last.end("cancelled");
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled" });
    expect(await bench.card(thread)).toMatchObject({ status: "archived" });
    expect((await refusal(bench.prompt(thread, "More"))).kind).toBe("conflict");
    await bench.command("thread.archive", { thread, archived: false });
    expect(await bench.thread(thread)).toMatchObject({ status: "interrupted" });
    expect(await bench.turn(thread, two)).toMatchObject({ status: "queued" });
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.last.prompts.at(-1) === 2 || bench.driver.sessions.length === 2);
  });

  test("resume opens the agent without a prompt, and a failure is told in the thread", async () => {
    const thread = await bench.create();
    bench.driver.failure = new SkeinError("agent", "Not installed.");
    await bench.command("thread.resume", { thread });
    await bench.until(async () => (await items(thread)).length > 0);
    expect([...(await bench.view(thread)).all("notice").values()]).toMatchObject([{ text: "Not installed." }]);
    bench.driver.failure = null;
    await bench.command("thread.resume", { thread });
    await bench.until(() => bench.driver.sessions.length === 1);
    expect(bench.driver.last.calls).toEqual([]);
  });
});

describe("many tokens", () => {
  test("the agent is not read on while too much waits to be written (backpressure)", async () => {
    const { thread } = await bench.running();
    let waits = 0;
    for (let index = 0; index < 20_000; index++) {
      const pause = bench.driver.last.say(`${index} `);
      if (pause) {
        waits++;
        await pause;
      }
    }
    expect(waits).toBeGreaterThan(0);
    bench.driver.last.end();
    const text = Array.from({ length: 20_000 }, (_, index) => `${index} `).join("");
    expect([...(await bench.view(thread)).all("message").values()][1]?.["text"]).toBe(text);
  });
});
