import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CLOSE } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { Store } from "../store/contract.ts";
import type { TestClock } from "../testing/test-clock.ts";
import type { Welcome } from "./connection.ts";
import type { Hub } from "./hub.ts";
import type { SubscribeOptions } from "./subscription.ts";
import {
  A,
  append,
  commitsIn,
  HubWorld,
  LIMITS,
  put,
  replicaOf,
  subscribed,
  TestSink,
  until,
} from "./testing/hub-world.ts";

let world: HubWorld;
let store: Store;
let clock: TestClock;
beforeEach(async () => {
  world = await HubWorld.make();
  ({ store, clock } = world);
});
afterEach(async () => world.end());
const hubOn = (over?: Store, softMarkBytes?: number): Hub => world.hubOn(over, softMarkBytes);

describe("catch-up", () => {
  test("L1: what is committed before, while and after a subscriber's snapshot is read reaches it, once", async () => {
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

  test("P30: a position that fits gets what came after it; the answer precedes the commits", async () => {
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

  test("P30, L4: a client ahead of the server, or of another database, gets a snapshot, and the server says so once", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    for (const after of [
      { epoch: store.epoch, seq: 9 },
      { epoch: "other", seq: 1 },
    ]) {
      const { sink } = await subscribed(hub, A, { after, moves: true });
      expect(commitsIn(sink.frames[0]!)[0]).toMatchObject({ after: null, seq: 1 });
    }
    const [report, ...others] = world.reports.splice(0) as Error[];
    expect(report?.message).toStartWith(`A client knows ${A} at 9 of ${store.epoch}, where this database never was.`);
    expect(others).toEqual([]);
  });

  test("P30: from an earlier epoch goes on who says that it can; others start anew", async () => {
    const hub = hubOn();
    for (const id of ["m1", "m2"]) await hub.write(put(A, id));
    const { epoch } = store;
    const later = hubOn(await world.reopen());
    await later.write(put(A, "m3"));
    const asked = async (options: SubscribeOptions) => {
      const sink = new TestSink();
      let welcome: Welcome | undefined;
      await later.connect(sink).subscribe(A, options, (answer) => void (welcome = answer));
      await until(() => sink.frames.length > 0);
      return { welcome, commits: sink.frames.flatMap(commitsIn) };
    };
    const now = { epoch: world.store.epoch, head: 3 };
    expect(now.epoch).not.toBe(epoch);
    const moved = await asked({ after: { epoch, seq: 1 }, moves: true });
    expect(moved.welcome).toEqual({ ...now, moved: true });
    expect(moved.commits).toMatchObject([
      { epoch: now.epoch, after: 1, seq: 2 },
      { epoch: now.epoch, after: 2, seq: 3 },
    ]);
    const still = await asked({ after: { epoch, seq: 1 } });
    expect(still.welcome).toEqual(now);
    expect(still.commits).toMatchObject([{ epoch: now.epoch, after: null, seq: 3 }]);
    expect(await asked({ after: { epoch: now.epoch, seq: 2 }, moves: true })).toMatchObject({
      welcome: now,
      commits: [{ after: 2, seq: 3 }],
    });
  });

  test("who is at the head gets nothing until something comes", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const sink = new TestSink();
    await hub.connect(sink).subscribe(A, { after: { epoch: store.epoch, seq: 1 } }, () => {});
    await hub.write(append(A, "m1", 0, "x"));
    expect(sink.frames.flatMap(commitsIn).map((commit) => [commit.after, commit.seq])).toEqual([[1, 2]]);
  });

  test("P25: many missed commits travel as one, in bytes that follow what was missed", async () => {
    const hub = hubOn(store, 256 * 1024);
    await hub.write(put(A, "m1", { text: "x".repeat(100_000) }));
    for (let index = 0; index < 20; index++) await hub.write(append(A, "m1", 100_000 + index, "y"));
    const { sink } = await subscribed(hub, A, { after: { epoch: store.epoch, seq: 1 } });
    const commits = sink.frames.flatMap(commitsIn);
    expect(commits.map((commit) => [commit.after, commit.seq])).toEqual([[1, 21]]);
    expect(sink.frames[0]!.length).toBeLessThan(400);
  });

  test("P30, L5: a gap is never answered with less than the whole truth, also where the log is folded", async () => {
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

describe("G5, L22: a slow reader costs no memory and loses nothing", () => {
  test("P36: above the soft mark nothing is queued; drained, it is caught up from the log", async () => {
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

  test("P36: one that does not drain in 30 s is closed with a code to resume by; progress gives it more time", async () => {
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
  test("P35: a conflated feed gets the same state in fewer commits", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink } = await subscribed(hub, A, { maxHz: 2 });
    for (let index = 0; index < 5; index++) await hub.write(append(A, "m1", index, "y"));
    expect(sink.frames.length).toBe(1);
    await clock.advance(500);
    await until(() => sink.frames.length === 2);
    expect(commitsIn(sink.frames[1]!).map((commit) => [commit.after, commit.seq])).toEqual([[1, 6]]);
    expect(replicaOf(sink, A).get("message", "m1")).toEqual<unknown>({ text: "yyyyy" });
    // Its next commit does not wait until a clock that was set back has caught up.
    clock.set(-3_600_000);
    await hub.write(append(A, "m1", 5, "z"));
    await clock.advance(500);
    await until(() => sink.frames.length === 3);
  });
});
