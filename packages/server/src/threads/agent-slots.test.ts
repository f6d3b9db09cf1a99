import { afterEach, beforeEach, expect, test } from "bun:test";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = await Workbench.open();
  await bench.threads.close();
  await bench.store.close();
  // Two agents may run at once.
  await bench.start(undefined, 2);
});
afterEach(async () => {
  await bench.end();
});

test("agents.most: one more agent waits for a slot, its thread says so, and it starts once another has ended", async () => {
  const first = await bench.running();
  const agent = bench.driver.last;
  await bench.running();
  const thread = await bench.create();
  const turn = await bench.prompt(thread, "Me too");
  await bench.settled();
  expect(bench.driver.openings).toBe(2);
  expect(await bench.thread(thread)).toMatchObject({ waitsForAgent: true, status: "running" });
  agent.end();
  await bench.until(() => bench.driver.sessions.length === 3 && bench.driver.last.prompts.length === 1);
  // Nobody had work for that agent.
  expect(agent.did("close")).toBe(true);
  expect((await bench.thread(thread)).waitsForAgent).toBeUndefined();
  bench.driver.last.end();
  expect(await bench.turn(thread, turn)).toMatchObject({ status: "done" });
  expect(await bench.turn(first.thread, first.turn)).toMatchObject({ status: "done" });
});

test("agents.most: an agent whose command runs is not ended for another before that has ended", async () => {
  await bench.running();
  const agent = bench.driver.last;
  const terminal = { type: "terminal", terminal: "server" } as const;
  void agent.emit({ ...terminal, event: "started", command: "serve", args: [], cwd: "/" });
  agent.end();
  await bench.running();
  const thread = await bench.create();
  await bench.prompt(thread, "Me too");
  await bench.settled();
  expect(agent.did("close")).toBe(false);
  void agent.emit({ ...terminal, event: "exited", code: 0, signal: null });
  await bench.until(() => bench.driver.sessions.length === 3);
  expect(agent.did("close")).toBe(true);
});

test("agents.most: a turn that waits for a slot is stopped like any other, and takes none", async () => {
  await bench.running();
  const agent = bench.driver.last;
  await bench.running();
  const waits = await bench.create();
  const turn = await bench.prompt(waits, "Never");
  await bench.settled();
  await bench.command("thread.cancel", { thread: waits, turn });
  await bench.settled();
  expect(await bench.turn(waits, turn)).toMatchObject({ status: "cancelled" });
  expect((await bench.thread(waits)).waitsForAgent).toBeUndefined();
  agent.exit(1);
  const thread = await bench.create();
  await bench.prompt(thread, "Now");
  await bench.until(() => bench.driver.sessions.length === 3 && bench.driver.last.prompts.length === 1);
});

test("agents.most: an agent that fails to start gives its slot back", async () => {
  bench.driver.failure = new Error("no such model");
  for (let count = 0; count < 3; count++) {
    const thread = await bench.create();
    const turn = await bench.prompt(thread, "Go");
    await bench.until(async () => (await bench.turn(thread, turn)).status === "failed");
  }
  bench.driver.failure = null;
  await bench.running();
  await bench.running();
});

test("agents.most: after a crash no thread waits for an agent", async () => {
  await bench.running();
  await bench.running();
  const thread = await bench.create();
  await bench.prompt(thread, "Me too");
  await bench.settled();
  expect((await bench.thread(thread)).waitsForAgent).toBe(true);
  await bench.crash();
  expect((await bench.thread(thread)).waitsForAgent).toBeUndefined();
});
