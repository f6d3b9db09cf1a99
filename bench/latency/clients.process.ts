/** The clients of the latency benchmark: they create threads, prompt them, and read the times in what comes back. */
import { SkeinClient, type Watch } from "@skein/client";
import { threadTopic, type Change } from "@skein/client/protocol";
import { join } from "node:path";
import { cpuMsOf } from "../support/cpu.ts";
import { monotonicNs } from "../support/monotonic.ts";
import { quantile } from "../support/stats.ts";

export type LatencyTask = {
  url: string;
  token: string;
  /** The server's process. */
  pid: number;
  cwd: string;
  threads: number;
  perSecond: number;
  clients: number;
  seconds: number;
};
export type LatencyResult = {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
  samples: number;
  /** Shares of one core. */
  serverCpu: number;
  clientsCpu: number;
};

const task = JSON.parse(process.argv[2] ?? "") as LatencyTask;
const agent = join(import.meta.dir, "..", "support", "agent.process.ts");

const clients = Array.from({ length: task.clients }, () => new SkeinClient({ url: task.url, token: task.token }));
for (const client of clients) client.connect();
const [first] = clients as [SkeinClient];

const threads: string[] = [];
for (let i = 0; i < task.threads; i++) {
  const exec = { command: process.execPath, args: [agent] };
  const { thread } = await first.command("thread.create", { exec, cwd: task.cwd });
  threads.push(thread);
}
const watches = clients.flatMap((client) => threads.map((thread) => client.watch(threadTopic(thread))));
await Promise.all(watches.map((watch) => watch.ready()));

const prompt = async (chunks: number) => {
  const text = JSON.stringify({ chunks, perSecond: task.perSecond });
  const turns = await Promise.all(
    threads.map(async (thread) => (await first.command("thread.prompt", { thread, text })).turn),
  );
  // The first client watches the threads in this order.
  await Promise.all(turns.map((turn, i) => ended(watches[i] as Watch, turn)));
};

/** Resolves when a turn is over, and checks that it ended well. */
function ended(watch: Watch, turn: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const value = watch.replica.get("turn", turn);
      const status = value?.["status"];
      if (status === undefined || status === "queued" || status === "running") return;
      stop();
      if (status === "done") resolve();
      else reject(new Error(`A turn did not end well: ${JSON.stringify(value)}`));
    };
    const stop = watch.onChange(look);
    look();
  });
}

// The agents' start is not what is measured.
await prompt(1);

const chunks = task.seconds * task.perSecond;
const expected = chunks * task.threads * task.clients;
const samples: number[] = [];
const beganAt = monotonicNs();
const skipUntil = beganAt + 1e9;
let got = 0;
const all = Promise.withResolvers<void>();
const take = (change: Change) => {
  if (change.kind !== "message") return;
  const text = change.op === "append" ? change.text : change.op === "put" ? change.value["text"] : undefined;
  if (typeof text !== "string") return;
  const now = monotonicNs();
  for (const [, written] of text.matchAll(/@(\d+);/g)) {
    // The other clients may still be about to hear of the first turns.
    if (Number(written) < beganAt) continue;
    if (++got === expected) all.resolve();
    if (Number(written) > skipUntil) samples.push((now - Number(written)) / 1e6);
  }
};
for (const watch of watches) watch.onChange((commit) => commit.changes.forEach(take));

const startedAt = performance.now();
const cpuBefore = { server: await cpuMsOf(task.pid), clients: process.cpuUsage() };
await prompt(chunks);
await all.promise;
if (got !== expected) throw new Error(`${got} chunks came, and ${expected} were written.`);

const elapsedMs = performance.now() - startedAt;
const clientsCpu = process.cpuUsage(cpuBefore.clients);

const result: LatencyResult = {
  p50: quantile(samples, 0.5),
  p90: quantile(samples, 0.9),
  p99: quantile(samples, 0.99),
  p999: quantile(samples, 0.999),
  max: quantile(samples, 1),
  samples: samples.length,
  serverCpu: ((await cpuMsOf(task.pid)) - cpuBefore.server) / elapsedMs,
  clientsCpu: (clientsCpu.user + clientsCpu.system) / 1000 / elapsedMs,
};
await Promise.all(clients.map((client) => client.close()));
console.log(JSON.stringify(result));
process.exit(0);
