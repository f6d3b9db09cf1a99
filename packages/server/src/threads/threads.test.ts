import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { SkeinError } from "@skein/client/protocol";
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
    expect(await items(thread)).toEqual(["turn failed", "message user", "notice"]);
    expect((await bench.thread(thread)).status).toBe("idle");
    bench.driver.failure = null;
    const again = await bench.prompt(thread, "Two");
    await bench.until(() => bench.driver.sessions.length === 1 && bench.driver.last.prompts.length === 1);
    bench.driver.last.end();
    expect((await bench.turn(thread, again)).status).toBe("done");
  });
});
