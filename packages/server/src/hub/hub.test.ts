import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { SkeinError } from "@skein/client/protocol";
import type { Store, Write } from "../store/contract.ts";
import type { Hub } from "./hub.ts";
import { A, append, B, commitsIn, HubWorld, put, replicaOf, subscribed, TestSink, until } from "./testing/hub-world.ts";

let world: HubWorld;
let store: Store;
beforeEach(async () => {
  world = await HubWorld.make();
  ({ store } = world);
});
afterEach(async () => world.end());
const hubOn = (over?: Store, softMarkBytes?: number): Hub => world.hubOn(over, softMarkBytes);

const refusal = async (refused: Promise<void>): Promise<unknown> =>
  refused.then(
    () => "none",
    (error: unknown) => (error instanceof SkeinError ? error.kind : error),
  );

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
  test("P24: nothing is sent and nothing answered before the store has it", async () => {
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

describe("a connection that cannot be written to", () => {
  const broken = (): never => {
    throw new Error("the socket broke");
  };

  test("is closed and told; the others get theirs, and so does whatever comes later", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const bad = await subscribed(hub, A);
    const good = await subscribed(hub, A);
    bad.sink.send = broken;
    expect((await hub.write(append(A, "m1", 0, "x"))).ok).toBe(true);
    await hub.settled();
    expect((await hub.write(append(A, "m1", 1, "y"))).ok).toBe(true);
    await hub.settled();
    expect(replicaOf(good.sink, A).get("message", "m1")).toEqual<unknown>({ text: "xy" });
    expect(bad.sink.closed?.code).toBe(1011);
    expect(world.reports.splice(0).map(String)).toEqual(["Error: the socket broke"]);
  });

  test("not even closed: the flushes go on all the same", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const bad = await subscribed(hub, A);
    bad.sink.send = broken;
    bad.sink.close = broken;
    await hub.write(append(A, "m1", 0, "x"));
    await hub.write(append(A, "m1", 1, "y"));
    await hub.settled();
    expect(world.reports.splice(0).map(String)).toEqual(["Error: the socket broke", "Error: the socket broke"]);
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
    expect(replicaOf(both[0]!, B).get("message", "m1")).toEqual<unknown>({ text: "hello" });
  });

  test("L14: a commit carries the data: stored bytes are wire bytes", async () => {
    const hub = hubOn();
    await hub.write(put(A, "m1"));
    const { sink } = await subscribed(hub, A);
    await hub.write(append(A, "m1", 0, "ü\ud83d\u2028"));
    const log = await store.logSince(A, 1, 10_000);
    if (log.folded) throw new Error("folded");
    expect(sink.frames[1]).toContain(log.commits[0]!.text);
  });

  test("P34, L25: a connection gets the topics it asked for; an unsubscribed one, or an ended connection, gets nothing", async () => {
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

  test("P32, P34: a topic that is not there, and one subscription too many, are refused to the asker", async () => {
    const hub = hubOn();
    for (const id of ["a", "b", "c", "d", "e"]) await hub.write(put(`thread:${id}`, "m"));
    const connection = hub.connect(new TestSink());
    expect(await refusal(connection.subscribe("thread:none", {}, () => {}))).toBe("not_found");
    for (const id of ["a", "b", "c", "d"]) await connection.subscribe(`thread:${id}`, {}, () => {});
    await connection.subscribe("thread:a", {}, () => {});
    expect(await refusal(connection.subscribe("thread:e", {}, () => {}))).toBe("too_large");
  });
});
