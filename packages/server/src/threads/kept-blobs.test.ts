import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(async () => {
  await bench.end();
});

/** Collects as if everything were old and nothing on its way, and tells which blobs are left. */
async function left(): Promise<string[]> {
  const { blobs, store } = bench;
  const all = (names: string[]) => store.unnamed(names);
  for (let round = 0; round < 3; round++) {
    await blobs.collect(Date.now() + 3_600_000, all, new AbortController().signal);
  }
  const files = readdirSync(join(bench.directory, "blobs"), { recursive: true }).map(String);
  return files.flatMap((path) => /[0-9a-f]{64}$/.exec(path) ?? []).toSorted();
}

const saidOf = async (thread: string): Promise<string> => JSON.stringify((await bench.view(thread)).dump());

test("a collection leaves what is queued, said, and put out by tools, also after a crash, and takes what is named no more", async () => {
  const upload = (text: string) => bench.blobs.put(new TextEncoder().encode(text));
  const image = (blob: string) => ({ blocks: [{ type: "image", blob, mimeType: "image/png" }] });
  const [sent, queued, taken, unused] = await Promise.all(["sent", "queued", "taken", "unused"].map(upload));
  const thread = await bench.create();
  await bench.prompt(thread, "Look", image(sent!));
  await bench.prompt(thread, "And then", image(queued!));
  const turn = await bench.prompt(thread, "Or this", image(taken!));
  await bench.until(() => bench.driver.sessions.at(-1)?.prompts.length === 1);
  const agent = bench.driver.last;
  const update = (toolCallId: string, text: string) =>
    agent.update({
      sessionUpdate: "tool_call_update",
      toolCallId,
      content: [{ type: "content", content: { type: "text", text } }],
    });
  void agent.update({
    sessionUpdate: "tool_call",
    toolCallId: "a",
    title: "Build",
    status: "completed",
    rawOutput: "o".repeat(300_000),
  });
  // An agent that goes on sending all of the output of a call that has ended leaves a blob behind with each.
  for (let size = 300_000; size <= 340_000; size += 10_000) {
    void update("a", "x".repeat(size));
    await bench.until(async () => (await saidOf(thread)).includes(`"bytes":${size - 256 * 1024},`));
  }
  void agent.update({
    sessionUpdate: "agent_message_chunk",
    content: { type: "image", data: btoa("pixels"), mimeType: "image/png" },
  });
  const namedNow = async () => new Set((await saidOf(thread)).match(/[0-9a-f]{64}/g));
  await bench.until(async () => (await namedNow()).size === 6);
  const named = await namedNow();
  for (const name of [sent, queued, taken]) expect(named.has(name!)).toBe(true);
  expect(named.has(unused!)).toBe(false);
  expect(await left()).toEqual([...named].toSorted());
  await bench.command("thread.unqueue", { thread, turn });
  named.delete(taken!);
  await bench.crash();
  expect(await left()).toEqual([...named].toSorted());
  // What was queued is there for the agent when its turn comes.
  await bench.command("thread.resume", { thread });
  await bench.until(() => bench.driver.last.prompts.length > 0 && bench.driver.last !== agent);
  const { calls } = bench.driver.last;
  expect(calls[0]).toMatchObject({
    blocks: [
      { type: "text", text: "And then" },
      { type: "image", data: btoa("queued") },
    ],
  });
});
