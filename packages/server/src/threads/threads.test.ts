import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SkeinError, threadTopic, type Commit } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { CommandAnswer } from "../store/contract.ts";
import { refusal } from "./testing/refusal.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
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
  test("P50, P51, P53: is a prompt, what the agent does, and its end", async () => {
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
    expect(await bench.items(thread)).toEqual(["turn failed", "message user"]);
    expect((await bench.thread(thread)).status).toBe("idle");
    bench.driver.failure = null;
    const again = await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    bench.driver.last.end();
    expect((await bench.turn(thread, again)).status).toBe("done");
  });

  test("P56: carries blobs and blocks in ACP's words, as far as the agent takes them", async () => {
    const blob = await bench.blobs.put(new TextEncoder().encode("pixels"));
    const thread = await bench.create();
    const blocks = [
      { type: "image", blob, mimeType: "image/png" },
      { type: "link", uri: "file:///a" },
      { type: "resource", uri: "file:///b", text: "B", mimeType: "text/x-b" },
      { type: "file", blob, mimeType: "text/plain", name: "c" },
    ];
    await bench.prompt(thread, "", { blocks });
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    expect(bench.driver.last.calls[0]).toMatchObject({
      blocks: [
        { type: "image", data: Buffer.from("pixels").toString("base64"), mimeType: "image/png" },
        { type: "resource_link", uri: "file:///a", name: "file:///a" },
        { type: "resource", resource: { uri: "file:///b", text: "B", mimeType: "text/x-b" } },
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

describe("G3: exactly-once effect", () => {
  test("P61: a prompt sent twice at once, and again later, is one turn with one answer", async () => {
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

  test("P64: a thread is made once", async () => {
    const create = () =>
      bench.threads.handle("local", "thread.create", { key: "the-key-1", agent: "scripted", cwd: bench.directory });
    const [one, two] = await Promise.all([create(), create()]);
    expect(two).toEqual(one);
    expect(await create()).toEqual(one);
    expect((await bench.replica("board:personal")).all("card").size).toBe(1);
  });
});

describe("a thread's id", () => {
  test("P28, L9: is ours from the first and stays; what the agent calls its session is a member, which may change", async () => {
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
    expect(await prompt({ text: `${"ä".repeat(131_072)}x` })).toMatchObject({ kind: "too_large" });
    expect(await prompt({ thread: "none" })).toMatchObject({ kind: "not_found" });
    const image = { type: "image", blob: "0".repeat(64), mimeType: "image/png" };
    expect(await prompt({ blocks: [image] })).toMatchObject({ kind: "not_found", path: "params.blocks.0" });
    expect((await bench.view(thread)).all("turn").size).toBe(0);
  });

  test("G6, L33: of somebody else find no thread", async () => {
    const thread = await bench.create();
    const answer = bench.threads.handle("stranger", "thread.rename", { key: "key-of-other", thread, title: "Mine" });
    expect((await refusal(answer)).kind).toBe("not_found");
  });

  test("P68: rename keeps a person's title", async () => {
    const { thread } = await bench.running();
    await bench.command("thread.rename", { thread, title: "Mine" });
    void bench.driver.last.update({ sessionUpdate: "session_info_update", title: "Theirs" });
    expect(await bench.thread(thread)).toMatchObject({ title: "Mine", titledBy: "person" });
    expect(await bench.card(thread)).toMatchObject({ title: "Mine" });
  });

  test("P68: archive says what it ends, and ends the agent once its turn has ended", async () => {
    const { thread, turn } = await bench.running();
    await bench.prompt(thread, "Waits");
    expect(await bench.command("thread.archive", { thread, archived: true })).toMatchObject({ turn, queued: 1 });
    expect(bench.driver.last.did("cancel")).toBe(true);
    bench.driver.last.end("cancelled");
    await bench.until(() => bench.driver.last.did("close"));
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled" });
    expect(await bench.thread(thread)).toMatchObject({ status: "archived", held: true });
    expect(await bench.command("thread.archive", { thread, archived: true })).toMatchObject({ turn: null, queued: 1 });
  });

  test("P68: archive ends an agent that is only being started", async () => {
    bench.driver.gate = new Promise(() => {});
    const thread = await bench.create();
    const turn = await bench.prompt(thread, "Go");
    await bench.until(() => bench.driver.openings === 1);
    await bench.command("thread.archive", { thread, archived: true });
    await bench.until(() => bench.driver.aborted === 1);
    expect(await bench.turn(thread, turn)).toMatchObject({ status: "cancelled" });
  });

  test("P68: archive stops what runs, refuses prompts, and is undone without starting what waited", async () => {
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

  test("P68: resume opens the agent without a prompt, and a failure is told in the thread", async () => {
    const thread = await bench.create();
    bench.driver.failure = new SkeinError("agent", "Not installed.");
    await bench.command("thread.resume", { thread });
    await bench.until(async () => (await bench.items(thread)).length > 0);
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
