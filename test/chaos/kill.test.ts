import { afterAll, expect, test } from "bun:test";
import { SkeinClient } from "@skein/client";
import { threadTopic, type Topic } from "@skein/client/protocol";
import type { Replica } from "@skein/client/replica";
import { RawSocket } from "../support/raw-socket.ts";
import { seeded, seededAgent } from "../support/seeded-agent.ts";
import { ServerProcess } from "../support/server-process.ts";
import { Checker } from "./checker.ts";

const KILLS = Number(process.env["SKEIN_CHAOS_KILLS"] ?? 50);
const CLIENTS = 20;
const THREADS = 4;
const SEED = Number(process.env["SKEIN_CHAOS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

const servers: ServerProcess[] = [];
afterAll(async () => {
  for (const server of servers) await server.dispose();
});

/** Waits, without a guess at how long it takes, until something holds. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !holds();) {
    if (Date.now() > end) throw new Error(`Waited a minute for: ${what}.`);
    await Bun.sleep(5);
  }
}

test(`kill -9 of the server ${KILLS} times under load with ${CLIENTS} clients: G1, G2, G3, G4, G7`, async () => {
  console.log(`SKEIN_CHAOS_SEED=${SEED}`);
  const random = seeded(SEED);
  const checker = new Checker();
  const server = await ServerProcess.start();
  servers.push(server);
  const make = (name: string): SkeinClient => {
    const client = new SkeinClient({ url: server.url, token: server.token, name });
    client.connect();
    return client;
  };
  const founder = make("founder");
  const threads = await Promise.all(
    Array.from({ length: THREADS }, async () => {
      const made = await founder.command("thread.create", { exec: seededAgent(), cwd: server.data });
      return made.thread;
    }),
  );
  const topics: Topic[] = ["board:personal", ...threads.map(threadTopic)];

  const clients = Array.from({ length: CLIENTS }, (_, index) => {
    const client = make(`client-${index}`);
    const watches = topics.map((topic) => {
      const watch = client.watch(topic, { window: 1000 });
      let holds = false;
      watch.onChange((commit) => {
        checker.saw(commit, holds);
        holds = true;
      });
      return watch;
    });
    return { client, watches };
  });
  await Promise.all(clients.flatMap(({ watches }) => watches.map(async (watch) => watch.ready())));

  // Load: each client sends a prompt, waits for the acknowledgement, and sends another, through crashes and all.
  const acknowledged = new Map<string, string>();
  const failed: unknown[] = [];
  let loading = true;
  let nextSeed = 1;
  const load = clients.map(async ({ client }) => {
    while (loading) {
      const text = `seed ${nextSeed++}`;
      const thread = threads[Math.floor(random() * THREADS)] as string;
      try {
        const { turn } = await client.command("thread.prompt", { thread, text });
        acknowledged.set(`${thread} ${turn}`, text);
      } catch (error) {
        failed.push(error);
      }
      await Bun.sleep(100 + random() * 1000);
    }
  });

  const running = (replica: Replica): Set<string> =>
    new Set([...replica.all("turn")].filter(([, turn]) => turn["status"] === "running").map(([id]) => id));

  for (let kill = 0; kill < KILLS; kill++) {
    await Bun.sleep(50 + random() * 650);
    const before = clients[0]!.watches.map((watch) => running(watch.replica));
    await server.end("SIGKILL");
    // Once a client knows of the end, it has taken in all it was sent before.
    await until("every client to notice", () => clients.every(({ client }) => client.status.state !== "live"));
    checker.crashed();
    await server.start();
    // So that every crash finds them all at work; left alone, most would sit out these few seconds in their backoff.
    for (const { client } of clients) client.retryNow();
    // Heads are read by a connection of its own, as the very first thing it asks.
    const probe = await RawSocket.greeted(server);
    for (const topic of topics) {
      const { result } = await probe.request("subscribe", { topic });
      checker.afterCrash(topic, (result as { head: number }).head);
    }
    probe.close();
    const fresh = make(`fresh-${kill}`);
    for (const [index, topic] of topics.entries()) {
      const watch = fresh.watch(topic, { window: 1000 });
      await watch.ready();
      if (index > 0) checker.nothingHangs(watch.replica, before[index]!);
    }
    await fresh.close();
    // A person lets go on what the crash interrupted.
    for (const thread of threads)
      void founder.command("thread.resume", { thread }).catch((error: unknown) => failed.push(error));
    expect(checker.faults).toEqual([]);
  }

  loading = false;
  await Promise.all(load);
  for (const thread of threads) await founder.command("thread.resume", { thread });
  const newcomer = make("newcomer");
  const last = topics.map((topic) => newcomer.watch(topic, { window: 1000 }));
  await Promise.all(last.map(async (watch) => watch.ready()));
  const threadReplicas = (): Replica[] => last.slice(1).map((watch) => watch.replica);
  await until("every turn to end", () =>
    threadReplicas().every((replica) =>
      [...replica.all("turn").values()].every((turn) => !["queued", "running"].includes(turn.status)),
    ),
  );
  await until("every client to be where the newcomer is", () =>
    clients.every(({ watches }) => watches.every((watch, index) => watch.replica.seq >= last[index]!.replica.seq)),
  );

  const fresh = make("fresh");
  const final = topics.map((topic) => fresh.watch(topic, { window: 1000 }));
  await Promise.all(final.map(async (watch) => watch.ready()));
  const held = final.slice(1).map((watch) => watch.replica);
  for (const [index, { watches }] of clients.entries()) {
    for (const [at, watch] of watches.entries()) {
      if (!watch.replica.hasOlder && !final[at]!.replica.hasOlder)
        checker.equal(`client-${index}`, watch.replica, final[at]!.replica);
    }
  }
  for (const watch of final) {
    while (watch.replica.hasOlder) await watch.loadOlder();
  }
  checker.once(held, acknowledged);
  for (const replica of held) checker.text(replica);
  expect(checker.faults).toEqual([]);
  expect(failed).toEqual([]);
  const turns = held.flatMap((replica) => [...replica.all("turn").values()].map((turn) => turn.status));
  const counts = Object.fromEntries(
    Map.groupBy(turns, (status) => status)
      .entries()
      .map(([status, all]) => [status, all.length]),
  );
  console.log(
    `${KILLS} kills, ${acknowledged.size} prompts acknowledged, ${checker.commits} commits seen, turns: ${JSON.stringify(counts)}`,
  );
  expect(counts["done"]).toBeGreaterThan(0);
  expect(counts["interrupted"]).toBeGreaterThan(0);
  for (const { client } of clients) await client.close();
  await Promise.all([founder.close(), newcomer.close(), fresh.close()]);
}, 300_000);
