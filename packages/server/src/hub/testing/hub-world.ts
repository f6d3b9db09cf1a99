import { expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFrame, type Commit, type Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { Store, Write } from "../../store/contract.ts";
import { SqliteStore } from "../../store/sqlite.ts";
import { TestClock } from "../../testing/test-clock.ts";
import type { HubConnection, Sink } from "../connection.ts";
import { Hub } from "../hub.ts";

export const LIMITS = { softMarkBytes: 1000, drainMs: 30_000, subscriptions: 4, window: 200, windowBytes: 100_000 };
export const A: Topic = "thread:a";
export const B: Topic = "thread:b";

/** A real store in a directory of its own, with a clock that the test moves, for hubs to be made on. */
export class HubWorld {
  store: Store;
  readonly clock: TestClock;
  /** Failures that no caller waited for; `end` finds fault with those that a test did not take out. */
  readonly reports: unknown[] = [];
  readonly #data: string;

  private constructor(data: string, store: Store, clock: TestClock) {
    this.#data = data;
    this.store = store;
    this.clock = clock;
  }

  static async make(): Promise<HubWorld> {
    const data = await mkdtemp(join(tmpdir(), "skein-hub-"));
    const clock = new TestClock();
    return new HubWorld(data, await openIn(data, clock), clock);
  }

  /** Closes the store and opens it anew, as a restart of the server does. */
  async reopen(): Promise<Store> {
    await this.store.close();
    return (this.store = await openIn(this.#data, this.clock));
  }

  hubOn(over: Store = this.store, softMarkBytes = LIMITS.softMarkBytes): Hub {
    const { clock, reports } = this;
    const limits = { ...LIMITS, softMarkBytes };
    return new Hub({ store: over, clock, limits, load: () => 0, report: (error) => reports.push(error) });
  }

  async end(): Promise<void> {
    await this.store.close();
    await rm(this.#data, { recursive: true, force: true });
    expect(this.reports).toEqual([]);
  }
}

const openIn = (data: string, clock: TestClock): Promise<Store> =>
  SqliteStore.open({ file: join(data, "skein.sqlite"), now: () => clock.now() });

/** A socket whose reader the test controls: it holds what was sent until it is read. */
export class TestSink implements Sink {
  frames: string[] = [];
  closed: { code: number; reason: string } | null = null;
  waiting = 0;
  stalled = false;
  most = 0;

  send(frame: string): number {
    this.frames.push(frame);
    if (this.stalled) this.waiting += frame.length;
    this.most = Math.max(this.most, this.waiting);
    return this.waiting;
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  drain(connection: HubConnection, to = 0): void {
    this.waiting = to;
    connection.drained(to);
  }
}

export const commitsIn = (frame: string): Commit[] =>
  (readFrame(frame) as { method: string; params: Commit }[])
    .filter((message) => message.method === "commit")
    .map((message) => message.params);

/** Applies what a sink got, as a client would; every commit must fit. */
export function replicaOf(sink: TestSink, topic: Topic): Replica {
  const replica = new Replica(topic);
  for (const commit of sink.frames.flatMap(commitsIn)) {
    if (commit.topic === topic) expect(replica.apply(commit)).not.toBe("gap");
  }
  return replica;
}

export const put = (topic: Topic, id: string, value: Record<string, unknown> = {}): Write => ({
  changes: [{ topic, changes: [{ op: "put", kind: "message", id, value: { text: "", ...value } }] }],
});
export const append = (topic: Topic, id: string, at: number, text: string): Write => ({
  changes: [{ topic, changes: [{ op: "append", kind: "message", id, field: "text", at, text }] }],
});

export async function subscribed(
  hub: Hub,
  topic: Topic,
  options = {},
): Promise<{ sink: TestSink; connection: HubConnection }> {
  const sink = new TestSink();
  const connection = hub.connect(sink);
  await connection.subscribe(topic, options, () => {});
  await hub.settled();
  await until(() => sink.frames.length > 0);
  return { sink, connection };
}

/** Lets queued work run until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !condition(); round++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
