import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLOSE, readFrame, SkeinError, type Change, type Commit, type Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import fc from "fast-check";
import type { Store, Write } from "../store/contract.ts";
import { SqliteStore } from "../store/sqlite.ts";
import { TestClock } from "../testing/test-clock.ts";
import type { HubConnection, Sink } from "./connection.ts";
import { Hub } from "./hub.ts";

const LIMITS = { softMarkBytes: 1000, drainMs: 30_000, subscriptions: 4, window: 200, windowBytes: 100_000 };
const A: Topic = "thread:a";
const B: Topic = "thread:b";

let data: string;
let store: Store;
let clock: TestClock;
let reports: unknown[];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-hub-"));
  clock = new TestClock();
  store = await SqliteStore.open({ file: join(data, "skein.sqlite"), now: () => clock.now() });
  reports = [];
});

afterEach(async () => {
  await store.close();
  await rm(data, { recursive: true, force: true });
  expect(reports).toEqual([]);
});

function hubOn(over: Store = store, softMarkBytes = LIMITS.softMarkBytes): Hub {
  const limits = { ...LIMITS, softMarkBytes };
  return new Hub({ store: over, clock, limits, load: () => 0, report: (error) => reports.push(error) });
}

/** A socket whose reader the test controls: it holds what was sent until it is read. */
class TestSink implements Sink {
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

const commitsIn = (frame: string): Commit[] =>
  (readFrame(frame) as { method: string; params: Commit }[])
    .filter((message) => message.method === "commit")
    .map((message) => message.params);

/** Applies what a sink got, as a client would; every commit must fit. */
function replicaOf(sink: TestSink, topic: Topic): Replica {
  const replica = new Replica(topic);
  for (const commit of sink.frames.flatMap(commitsIn)) {
    if (commit.topic === topic) expect(replica.apply(commit)).not.toBe("gap");
  }
  return replica;
}

const put = (topic: Topic, id: string, value: Record<string, unknown> = {}): Write => ({
  changes: [{ topic, changes: [{ op: "put", kind: "message", id, value: { text: "", ...value } }] }],
});
const append = (topic: Topic, id: string, at: number, text: string): Write => ({
  changes: [{ topic, changes: [{ op: "append", kind: "message", id, field: "text", at, text }] }],
});

async function subscribed(
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

const refusal = async (refused: Promise<void>): Promise<unknown> =>
  refused.then(
    () => "none",
    (error: unknown) => (error instanceof SkeinError ? error.kind : error),
  );

/** Lets queued work run until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !condition(); round++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

/** A store whose commits wait at a gate. */
function gated(over: Store): { store: Store; open: () => void } {
  const gate = { open: () => {} };
  const opened = new Promise<void>((resolve) => (gate.open = resolve));
  const proxy = new Proxy(over, {
    get(target, name) {
      if (name === "commit") {
        return async (writes: readonly Write[]) => {
          await opened;
          return target.commit(writes);
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { store: proxy, open: () => gate.open() };
}

describe("G1: store first", () => {
  test("nothing is sent and nothing answered before the store has it", async () => {
    await hubOn().write(put(A, "m1"));
    const gate = gated(store);
    const hub = hubOn(gate.store);
    const sink = new TestSink();
    await hub.connect(sink).subscribe(A, {}, () => {});
    await until(() => sink.frames.length === 1);
    let answered = false;
    const written = hub.write(append(A, "m1", 0, "x")).then(() => (answered = true));
    for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.frames.length).toBe(1);
    expect(answered).toBe(false);
    gate.open();
    await written;
    expect(sink.frames.length).toBe(2);
  });

  test("a write that cannot be committed fails alone; the others of its flush are written and sent", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink } = await subscribed(hub, A);
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const before = hub.write(put(A, "m2"));
    const broken = hub.write(put(A, "m3", circular));
    const after = hub.write(put(A, "m4"));
    expect(await broken.catch((error: unknown) => error)).toMatchObject({ kind: "internal", retry: "later" });
    expect((await before).ok && (await after).ok).toBe(true);
    expect([...replicaOf(sink, A).all("message").keys()].toSorted()).toEqual(["m1", "m2", "m4"]);
  });

  test("a database that is locked is waited for once, not once for each write of the flush", async () => {
    let tries = 0;
    const locked = new Proxy(store, {
      get: (target, name) =>
        name === "commit"
          ? async () => {
              tries++;
              throw new SkeinError("busy", "locked", { retryAfterMs: 1000 });
            }
          : (Reflect.get(target, name, target) as unknown),
    });
    const hub = hubOn(locked);
    const refused = await Promise.allSettled(["m1", "m2", "m3"].map((id) => hub.write(put(A, id))));
    expect(refused.map((each) => each.status === "rejected" && each.reason)).toMatchObject([
      { kind: "busy", retryAfterMs: 1000 },
      { kind: "busy", retryAfterMs: 1000 },
      { kind: "busy", retryAfterMs: 1000 },
    ]);
    expect(tries).toBe(1);
  });
});

describe("fan-out", () => {
  test("what arrives in one tick is one commit a topic, and one write a connection, encoded once", async () => {
    const hub = hubOn();
    await Promise.all([hub.write(put(A, "m1")), hub.write(put(B, "m1"))]);
    const both = [new TestSink(), new TestSink()];
    for (const sink of both) {
      const connection = hub.connect(sink);
      await connection.subscribe(A, {}, () => {});
      await connection.subscribe(B, {}, () => {});
    }
    const { sink: one } = await subscribed(hub, A);
    await until(() => both.every((sink) => sink.frames.length === 2));
    const writes = ["h", "e", "l", "l", "o"].flatMap((text, at) => [
      append(A, "m1", at, text),
      append(B, "m1", at, text),
    ]);
    await Promise.all(writes.map((write) => hub.write(write)));
    expect(both.map((sink) => sink.frames.length)).toEqual([3, 3]);
    expect(both[0]!.frames[2]).toBe(both[1]!.frames[2]);
    expect(commitsIn(both[0]!.frames[2]!).map((commit) => commit.topic)).toEqual([A, B]);
    expect(commitsIn(one.frames[1]!)).toHaveLength(1);
    expect(replicaOf(both[0]!, B).get("message", "m1")).toEqual({ text: "hello" });
  });

  test("LESSONS: a commit carries the data: stored bytes are wire bytes", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink } = await subscribed(hub, A);
    await hub.write(append(A, "m1", 0, "ü\ud83d\u2028"));
    const log = await store.logSince(A, 1, 10_000);
    if (log.folded) throw new Error("folded");
    expect(sink.frames[1]).toContain(log.commits[0]!.text);
  });

  test("LESSONS: a connection gets the topics it asked for; an unsubscribed one, or an ended connection, gets nothing", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink, connection } = await subscribed(hub, A);
    connection.unsubscribe(A);
    await hub.write(put(A, "m2"));
    expect(sink.frames.length).toBe(1);
    const other = await subscribed(hub, A);
    other.connection.end();
    await hub.write(put(A, "m3"));
    expect(other.sink.frames.length).toBe(1);
  });

  test("G5: a request that an ended connection still had under way subscribes to nothing", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const sink = new TestSink();
    const connection = hub.connect(sink);
    connection.end();
    let answered = false;
    expect(await refusal(connection.subscribe(A, {}, () => (answered = true)))).toBe("busy");
    expect(answered).toBe(false);
  });

  test("a topic that is not there, and one subscription too many, are refused to the asker", async () => {
    const hub = hubOn();
    for (const id of ["a", "b", "c", "d", "e"]) await hub.write(put(`thread:${id}`, "m"));
    const connection = hub.connect(new TestSink());
    expect(await refusal(connection.subscribe("thread:none", {}, () => {}))).toBe("not_found");
    for (const id of ["a", "b", "c", "d"]) await connection.subscribe(`thread:${id}`, {}, () => {});
    await connection.subscribe("thread:a", {}, () => {});
    expect(await refusal(connection.subscribe("thread:e", {}, () => {}))).toBe("too_large");
  });
});

describe("catch-up", () => {
  test("LESSONS: what is committed before, while and after a subscriber's snapshot is read reaches it, once", async () => {
    const hub = hubOn();
    // Work begins before anybody watches.
    await hub.write(put(A, "m0"));
    for (const moment of ["head", "snapshot"] as const) {
      const written: Promise<unknown>[] = [];
      const watched = new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== "function") return member;
          const call = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
          if (name !== moment) return call;
          return async (...args: unknown[]) => {
            const early = `early-${moment}`;
            const late = `late-${moment}`;
            await other.write(put(A, early));
            const result = await call(...args);
            written.push(other.write(put(A, late)));
            await written.at(-1);
            return result;
          };
        },
      });
      const other = hubOn(watched);
      const sink = new TestSink();
      await other.connect(sink).subscribe(A, {}, () => {});
      await until(() => sink.frames.length > 0 && replicaOf(sink, A).get("message", `late-${moment}`) !== undefined);
      await Promise.all(written);
      const replica = new Replica(A);
      const applied = sink.frames.flatMap(commitsIn).map((commit) => replica.apply(commit));
      expect(new Set(applied)).toEqual(new Set(["applied"]));
      expect([...replica.all("message").keys()]).toContain("m0");
      expect([...replica.all("message").keys()]).toContain(`early-${moment}`);
    }
  });

  test("a position that fits gets what came after it; the answer precedes the commits", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    await hub.write(append(A, "m1", 0, "a"));
    await hub.write(append(A, "m1", 1, "b"));
    const sink = new TestSink();
    const connection = hub.connect(sink);
    await connection.subscribe(A, { after: { epoch: store.epoch, seq: 1 } }, (head) => {
      expect(head).toEqual({ epoch: store.epoch, head: 3 });
      expect(sink.frames).toEqual([]);
    });
    await until(() => sink.frames.length === 1);
    expect(commitsIn(sink.frames[0]!).map((commit) => [commit.after, commit.seq])).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  test("LESSONS: a client ahead of the server, or of another lineage, gets a snapshot", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    for (const after of [
      { epoch: store.epoch, seq: 9 },
      { epoch: "other", seq: 1 },
    ]) {
      const { sink } = await subscribed(hub, A, { after });
      expect(commitsIn(sink.frames[0]!)[0]).toMatchObject({ after: null, seq: 1 });
    }
  });

  test("who is at the head gets nothing until something comes", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const sink = new TestSink();
    await hub.connect(sink).subscribe(A, { after: { epoch: store.epoch, seq: 1 } }, () => {});
    await hub.write(append(A, "m1", 0, "x"));
    expect(sink.frames.flatMap(commitsIn).map((commit) => [commit.after, commit.seq])).toEqual([[1, 2]]);
  });

  test("many missed commits travel as one, in bytes that follow what was missed", async () => {
    const hub = hubOn(store, 256 * 1024);
    await hub.write(put(A, "m1", { text: "x".repeat(100_000) }));
    for (let index = 0; index < 20; index++) await hub.write(append(A, "m1", 100_000 + index, "y"));
    const { sink } = await subscribed(hub, A, { after: { epoch: store.epoch, seq: 1 } });
    const commits = sink.frames.flatMap(commitsIn);
    expect(commits.map((commit) => [commit.after, commit.seq])).toEqual([[1, 21]]);
    expect(sink.frames[0]!.length).toBeLessThan(400);
  });

  test("LESSONS: a gap is never answered with less than the whole truth, also where the log is folded", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1", { pos: 1 }));
    await hub.write({ changes: [{ topic: A, changes: [{ op: "drop", kind: "message", id: "m1" }] }] });
    await hub.write(put(A, "m2", { pos: 2 }));
    await store.fold(A, 3);
    const { sink } = await subscribed(hub, A, { after: { epoch: store.epoch, seq: 1 } });
    const commit = commitsIn(sink.frames[0]!)[0]!;
    expect([commit.after, commit.seq]).toEqual([1, 3]);
    expect(commit.changes.map((change) => `${change.op} ${change.id}`).toSorted()).toEqual(["drop m1", "put m2"]);
  });
});

describe("G5: a long absence costs no memory", () => {
  test("who missed far more than is sent at once is given the window anew, and the rest is not read", async () => {
    const hub = hubOn();
    for (let pos = 1; pos <= 50; pos++) await hub.write(put(A, `m${pos}`, { pos, text: "x".repeat(500) }));
    await store.fold(A, 50);
    let merges = 0;
    const counting = new Proxy(store, {
      get(target, name) {
        if (name === "changedSince") merges++;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
    const away = { after: { epoch: store.epoch, seq: 2 }, window: 3 };
    const { sink } = await subscribed(hubOn(counting), A, away);
    expect([...replicaOf(sink, A).all("message").keys()]).toEqual(["m48", "m49", "m50"]);
    expect(merges).toBe(0);
    await subscribed(hubOn(counting), A, { ...away, after: { epoch: store.epoch, seq: 48 } });
    expect(merges).toBe(1);
  });
});

describe("G5: a slow reader costs no memory and loses nothing", () => {
  test("above the soft mark nothing is queued; drained, it is caught up from the log", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const slow = await subscribed(hub, A);
    const quick = await subscribed(hub, A);
    slow.sink.stalled = true;
    const text = "z".repeat(300);
    for (let index = 0; index < 100; index++) await hub.write(append(A, "m1", index * 300, text));
    expect(slow.sink.most).toBeLessThanOrEqual(LIMITS.softMarkBytes + 600);
    expect(quick.sink.frames.length).toBe(101);
    const before = slow.sink.frames.length;
    while (replicaOf(slow.sink, A).seq < 101) {
      const { length } = slow.sink.frames;
      slow.sink.drain(slow.connection);
      await until(() => slow.sink.frames.length > length);
    }
    expect(slow.sink.frames.length).toBeGreaterThan(before);
    expect(replicaOf(slow.sink, A).dump()).toEqual(replicaOf(quick.sink, A).dump());
  });

  test("one that does not drain in 30 s is closed with a code to resume by; progress gives it more time", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink, connection } = await subscribed(hub, A);
    sink.stalled = true;
    await hub.write(append(A, "m1", 0, "z".repeat(5000)));
    await clock.advance(29_000);
    sink.drain(connection, 4000);
    await clock.advance(29_000);
    expect(sink.closed).toBeNull();
    await clock.advance(1_000);
    expect(sink.closed?.code).toBe(CLOSE.tooSlow);
  });
});

describe("maxHz", () => {
  test("a conflated feed gets the same state in fewer commits", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink } = await subscribed(hub, A, { maxHz: 2 });
    for (let index = 0; index < 5; index++) await hub.write(append(A, "m1", index, "y"));
    expect(sink.frames.length).toBe(1);
    await clock.advance(500);
    await until(() => sink.frames.length === 2);
    expect(commitsIn(sink.frames[1]!).map((commit) => [commit.after, commit.seq])).toEqual([[1, 6]]);
    expect(replicaOf(sink, A).get("message", "m1")).toEqual({ text: "yyyyy" });
  });
});

describe("G2: no loss, no repeat, no disorder", () => {
  type Step =
    | { do: "write"; topic: number; id: number; text: string }
    | { do: "close"; topic: number; id: number }
    | { do: "subscribe" | "unsubscribe"; reader: number; topic: number; keep: boolean; window: number }
    | { do: "stall" | "drain"; reader: number }
    | { do: "fold"; topic: number }
    | { do: "settle" };
  const reader = fc.nat(2);
  const topic = fc.nat(1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        topic,
        id: fc.nat(3),
        text: fc.string({ maxLength: 200 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), topic, id: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom("subscribe" as const, "subscribe" as const, "unsubscribe" as const),
        reader,
        topic,
        keep: fc.boolean(),
        window: fc.constantFrom(1, 2, 200),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("stall" as const, "drain" as const), reader }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("fold" as const), topic }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  );

  test("whatever readers do, their replicas end as the fold of the log", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const directory = await mkdtemp(join(tmpdir(), "skein-hub-"));
        const own = await SqliteStore.open({ file: join(directory, "skein.sqlite") });
        const hub = hubOn(own);
        const topics: Topic[] = [A, B];
        const texts = topics.map(() => ["", "", "", ""]);
        for (const name of topics) {
          const changes: Change[] = [0, 1, 2, 3].map((id) => ({
            op: "put",
            kind: "message",
            id: `m${id}`,
            value: { pos: id, text: "", status: "streaming" },
          }));
          await hub.write({ changes: [{ topic: name, changes }] });
        }
        const readers = [0, 1, 2].map(() => {
          const sink = new TestSink();
          return {
            sink,
            connection: hub.connect(sink),
            wanted: new Set<Topic>(),
            replicas: new Map<Topic, Replica>(),
            taken: 0,
          };
        });
        const applyAll = (): void => {
          for (const each of readers) {
            for (const commit of each.sink.frames.slice(each.taken).flatMap(commitsIn)) {
              const replica = each.replicas.get(commit.topic) ?? new Replica(commit.topic);
              each.replicas.set(commit.topic, replica);
              expect(replica.apply(commit)).not.toBe("gap");
            }
            each.taken = each.sink.frames.length;
          }
        };
        const writing: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each.do === "write") {
            const name = topics[each.topic]!;
            const at = texts[each.topic]![each.id]!.length;
            texts[each.topic]![each.id] += each.text;
            writing.push(hub.write(append(name, `m${each.id}`, at, each.text)));
          } else if (each.do === "close") {
            const change: Change = { op: "patch", kind: "message", id: `m${each.id}`, value: { status: "complete" } };
            writing.push(hub.write({ changes: [{ topic: topics[each.topic]!, changes: [change] }] }));
          } else if (each.do === "subscribe") {
            const who = readers[each.reader]!;
            const name = topics[each.topic]!;
            applyAll();
            const held = who.replicas.get(name);
            const after = each.keep && held?.epoch ? { epoch: held.epoch, seq: held.seq } : undefined;
            who.wanted.add(name);
            writing.push(who.connection.subscribe(name, { after, window: each.window }, () => {}));
          } else if (each.do === "unsubscribe") {
            const who = readers[each.reader]!;
            who.wanted.delete(topics[each.topic]!);
            who.connection.unsubscribe(topics[each.topic]!);
          } else if (each.do === "stall") {
            readers[each.reader]!.sink.stalled = true;
          } else if (each.do === "drain") {
            const who = readers[each.reader]!;
            who.sink.stalled = false;
            who.sink.drain(who.connection);
          } else if (each.do === "fold") {
            await Promise.all(writing);
            const head = await own.head(topics[each.topic]!);
            await own.fold(topics[each.topic]!, head!.seq);
          } else {
            await Promise.all(writing);
            applyAll();
          }
        }
        await Promise.all(writing);
        await hub.settled();
        for (const who of readers) {
          who.sink.stalled = false;
          who.sink.drain(who.connection);
        }
        for (const [index, name] of topics.entries()) {
          const head = (await own.head(name))!;
          for (const who of readers.filter((candidate) => candidate.wanted.has(name))) {
            await until(() => {
              applyAll();
              return who.replicas.get(name)?.seq === head.seq;
            });
            for (const [id, value] of who.replicas.get(name)!.all("message")) {
              expect(value["text"]).toBe(texts[index]![Number(id.slice(1))]!);
              expect(value).toEqual((await own.entity(name, "message", id))!);
            }
          }
        }
        await own.close();
        await rm(directory, { recursive: true, force: true });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
