/**
 * The clients of a fan-out: raw sockets that check every delivery (each event once, in order, none missed) and count.
 * All sockets get the same frames, so a frame is decoded by the first that gets it and recognised by the others: the
 * clients must not be what limits a server.
 */
import type { Commit, RpcMessage } from "@skein/client/protocol";
import { createInterface } from "node:readline";
import type { Endpoint, Task } from "./task.ts";

const task = JSON.parse(process.argv[2] ?? "") as Task & Endpoint;
const numberOf = new Map(task.names.map((name, number) => [name, number]));

/** An event of a topic that takes it from one number to the next, or several merged. */
type Step = { topic: number; after: number; seq: number };
type Frame = { index: number; text: string; steps: Step[]; count: number };

/** The latest frames, by index. */
const FRAMES = 4096;
const frames: (Frame | undefined)[] = Array.from({ length: FRAMES });
let nextFrame = 0;

let ready = 0;
let bytes = 0;
let deliveries = 0;
const perRound = task.sockets * task.perRound;
const reportEvery = perRound * Math.max(1, Math.floor(16 / task.perRound));
let nextReport = reportEvery;
let reported = 0;

/** Tells how many whole rounds all sockets together have got. */
function report(): void {
  nextReport = deliveries + reportEvery - (deliveries % reportEvery);
  const rounds = Math.floor(deliveries / perRound);
  if (rounds > reported) process.stdout.write(`received ${rounds}\n`);
  reported = rounds;
}
// The last few of a burst are fewer than are waited for above.
setInterval(report, 5);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

class Client {
  readonly #socket = new WebSocket(task.url, task.kind === "skein" ? "skein.v1" : []);
  readonly #seqs = new Uint32Array(task.topics);
  readonly #live = new Set<number>();
  #next = 0;
  #ready = false;

  constructor() {
    this.#socket.onmessage = (event) => this.#take(event.data as string);
    this.#socket.onclose = (event) => {
      if (!stopping) fail(`A socket was closed: ${event.code} ${event.reason}`);
    };
    if (task.kind === "skein") this.#socket.onopen = () => this.#socket.send(this.#hello());
  }

  close(): void {
    this.#socket.close();
  }

  #hello(): string {
    const client = { name: "bench", version: "0" };
    const hello = { jsonrpc: "2.0", id: "hello", method: "hello", params: { protocol: 1, client, token: task.token } };
    const subscribe = (topic: string) => ({ jsonrpc: "2.0", id: topic, method: "subscribe", params: { topic } });
    return JSON.stringify([hello, ...task.names.map(subscribe)]);
  }

  #take(text: string): void {
    bytes += text.length;
    if (!this.#ready) return this.#prepare(text);
    let frame = frames[this.#next % FRAMES];
    if (frame?.index !== this.#next || frame.text !== text) {
      const steps = stepsOf(text);
      if (steps === null) return this.#control(text);
      frame = { index: nextFrame, text, steps, count: steps.reduce((sum, step) => sum + step.seq - step.after, 0) };
      if (this.#next === nextFrame) frames[nextFrame++ % FRAMES] = frame;
    }
    for (const { topic, after, seq } of frame.steps) {
      if (this.#seqs[topic] !== after) fail(`Topic ${topic} is at ${this.#seqs[topic]} and got ${after} to ${seq}.`);
      this.#seqs[topic] = seq;
    }
    this.#next = frame.index + 1;
    deliveries += frame.count;
    if (deliveries >= nextReport) report();
  }

  /** Until everything is subscribed: answers and snapshots, or the peer's own greeting. */
  #prepare(text: string): void {
    if (task.kind === "skein") {
      const value = JSON.parse(text) as RpcMessage | RpcMessage[];
      for (const message of Array.isArray(value) ? value : [value]) {
        if ("error" in message) fail(`The server refused: ${text}`);
        if (!("method" in message) || message.method !== "commit") continue;
        const commit = message.params as Commit;
        const topic = numberOf.get(commit.topic) ?? fail(`There came a commit of ${commit.topic}.`);
        this.#seqs[topic] = commit.seq;
        this.#live.add(topic);
      }
      if (this.#live.size < task.topics) return;
    } else if (text !== "ready" && text !== '42["ready"]') {
      return this.#control(text);
    }
    this.#ready = true;
    if (++ready === task.sockets) process.stdout.write("ready 0\n");
  }

  /** Engine.IO 4 (https://socket.io/docs/v4/engine-io-protocol): `0` opens, `2` pings; `40` connects to a namespace. */
  #control(text: string): void {
    if (task.kind !== "socket.io") fail(`There came: ${text.slice(0, 200)}`);
    if (text === "2") this.#socket.send("3");
    else if (text.startsWith("0")) this.#socket.send("40");
    else if (!text.startsWith("40")) fail(`There came: ${text.slice(0, 200)}`);
  }
}

/** The events of a frame, or `null` when it has none. */
function stepsOf(text: string): Step[] | null {
  if (task.kind === "skein") {
    const value = JSON.parse(text) as { params: Commit } | { params: Commit }[];
    return (Array.isArray(value) ? value : [value]).map(({ params }) => ({
      topic: numberOf.get(params.topic) ?? fail(`There came a commit of ${params.topic}.`),
      after: params.after ?? fail("There came a snapshot: the server's own bounds were passed."),
      seq: params.seq,
    }));
  }
  if (task.kind === "socket.io" && !text.startsWith("42")) return null;
  type Event = { topic: number; n: number };
  const { topic, n } =
    task.kind === "socket.io" ? (JSON.parse(text.slice(2)) as [string, Event])[1] : (JSON.parse(text) as Event);
  return [{ topic, after: n - 1, seq: n }];
}

let stopping = false;
const clients: Client[] = [];
createInterface({ input: process.stdin })
  .on("line", () => process.stdout.write(`bytes ${bytes}\n`))
  .on("close", () => {
    stopping = true;
    if (deliveries % perRound !== 0) fail(`${deliveries} deliveries are no whole rounds.`);
    for (const client of clients) client.close();
    process.exit(0);
  });

const AT_ONCE = 50;
while (clients.length < task.sockets) {
  for (let i = 0; i < AT_ONCE && clients.length < task.sockets; i++) clients.push(new Client());
  while (ready < clients.length) await new Promise((resolve) => setTimeout(resolve, 1));
}
