import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Endpoint, FanoutResult, Task } from "./task.ts";

/** A server under measurement. */
export type Peer = {
  endpoint: Endpoint;
  /** Sends one event to each of the topics named. Resolves when the next may be sent. */
  sendRound(round: number, topics: readonly number[]): void | Promise<void>;
  stop(): void | Promise<void>;
};

/** Bytes that may be on their way to one socket: below every peer's own marks, so that none is made to skip. */
const IN_FLIGHT_BYTES = 96 * 1024;

/**
 * Runs one peer in this process and its clients in another, sends rounds as fast as the clients take them, and prints
 * what it cost. Runs under Node and Bun. `argv[2]` is the task.
 */
export async function serveTask(start: (task: Task) => Promise<Peer>): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? "") as Task;
  const peer = await start(task);
  const before = await settledMemory();
  const clients = await startClients(task, peer.endpoint);
  const after = task.idle ? await settledMemory() : 0;

  const window = Math.max(4, Math.floor(IN_FLIGHT_BYTES / (task.perRound * 300)));
  let sent = 0;
  const send = async (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until) {
      const topics = Array.from({ length: task.perRound }, (_, i) => (sent * task.perRound + i) % task.topics);
      await peer.sendRound(sent, topics);
      sent++;
      // Sockets are read and written between rounds, as they would be between events of real agents.
      await new Promise((resolve) => setImmediate(resolve));
      if (sent - clients.received() >= window) await clients.until(sent - Math.floor(window / 2));
    }
    await clients.until(sent);
  };
  if (!task.idle) await send(task.warmupMs);
  const firstRound = sent;
  const firstByte = await clients.bytes();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  if (!task.idle) await send(task.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const used = process.cpuUsage(cpu);
  const bytes = (await clients.bytes()) - firstByte;
  await clients.stop();
  await peer.stop();

  const rounds = sent - firstRound;
  const result: FanoutResult = {
    rounds,
    deliveries: rounds * task.perRound * task.sockets,
    seconds,
    cpuMicros: used.user + used.system,
    bytes,
    ...(task.idle && { idle: { before, after } }),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

type Clients = {
  /** Whole rounds that every socket has got. */
  received(): number;
  until(rounds: number): Promise<void>;
  bytes(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts the process with the clients; resolves when all are subscribed. Their lines are `word number`. */
async function startClients(task: Task, endpoint: Endpoint): Promise<Clients> {
  const bun = process.versions["bun"] ? process.execPath : "node_modules/.bin/bun";
  const child = spawn(bun, ["bench/fanout/clients.process.ts", JSON.stringify({ ...task, ...endpoint })], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let received = 0;
  let waiting: { rounds: number; resolve: () => void } | null = null;
  const answers: ((value: number) => void)[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The clients ended with ${code}.`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [word, value] = line.split(" ");
      if (word === "ready") resolve();
      else if (word === "bytes") answers.shift()?.(Number(value));
      else received = Number(value);
      if (waiting && received >= waiting.rounds) {
        waiting.resolve();
        waiting = null;
      }
    });
  });
  await ready;
  child.removeAllListeners("exit");
  child.once("exit", (code) => {
    if (code === 0) return;
    console.error(`The clients ended with ${code}.`);
    process.exit(1);
  });
  return {
    received: () => received,
    until: (rounds) =>
      received >= rounds ? Promise.resolve() : new Promise((resolve) => void (waiting = { rounds, resolve })),
    bytes: () => {
      child.stdin.write("bytes\n");
      return new Promise((resolve) => void answers.push(resolve));
    },
    stop: async () => {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

/** Resident bytes once garbage is collected. */
async function settledMemory(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    if (process.versions["bun"]) Bun.gc(true);
    else globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return process.memoryUsage().rss;
}
