import { expect, test } from "bun:test";
import fc from "fast-check";
import { indexedDbReplicas, type IndexedDb } from "../src/connection/indexed-db.ts";
import { overflow } from "../src/connection/replica-storage.ts";
import { isPinned, positionOf, type Change, type Topic } from "../src/protocol/index.ts";
import { packReplica } from "../src/replica/pack.ts";
import { Replica } from "../src/replica/index.ts";
import { KeptReplicas } from "./support/kept-replicas.ts";
import { fillThread, message, settled, subscribes, THREAD, world } from "./support/setup.ts";

test("G2: packed and unpacked, a replica is the same at the same position, down to the floor that fits", () => {
  const value = fc.record(
    {
      pos: fc.nat(12),
      status: fc.constantFrom("complete", "streaming"),
      text: fc.string({ unit: "binary", maxLength: 40 }),
    },
    { requiredKeys: [] },
  );
  const changes = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), value), {
    selector: ([id]) => id,
    maxLength: 20,
  });
  fc.assert(
    fc.property(changes, fc.nat(2_000), fc.nat(6), (entities, maxLength, floor) => {
      const replica = new Replica(THREAD);
      const puts = entities.map(([id, each]): Change => ({ op: "put", kind: "x", id, value: each }));
      const fitting = puts.filter(({ op, ...put }) => {
        const given = (put as { value: Record<string, unknown> }).value;
        return op === "put" && (isPinned(given) || (positionOf(given) ?? 0) >= floor);
      });
      replica.apply({ topic: THREAD, epoch: "e1", after: null, seq: 7, ts: 0, floor, changes: fitting });
      const packed = packReplica(replica, maxLength);
      if (packed === null) return;
      const restored = new Replica(THREAD);
      restored.apply(JSON.parse(JSON.stringify(packed)));
      expect(restored).toMatchObject({ epoch: "e1", seq: 7 });
      expect(restored.floor).toBeGreaterThanOrEqual(floor);
      const all = replica.dump().entities;
      const above = all.filter(({ value: each }) => isPinned(each) || (positionOf(each) ?? 0) >= restored.floor);
      expect(restored.dump().entities).toEqual(above);
      const length = packed.changes.reduce((sum, change) => sum + JSON.stringify(change).length, 0);
      expect(length).toBeLessThanOrEqual(maxLength);
      if (maxLength === 2_000 && all.length < 3) expect(restored.floor).toBe(floor);
    }),
    { numRuns: 300 },
  );
});

test("what does not fit at all is not packed, nor what has no position yet", () => {
  const replica = new Replica(THREAD);
  expect(packReplica(replica, 1_000)).toBeNull();
  replica.apply({
    topic: THREAD,
    epoch: "e1",
    after: null,
    seq: 1,
    ts: 0,
    changes: [{ op: "put", kind: "thread", id: "one", value: { title: "x".repeat(1_000) } }],
  });
  expect(packReplica(replica, 1_000)).toBeNull();
});

test("a new client begins with what the last one kept, without a server, and goes on from its position", async () => {
  const { server, network, live, client, pass } = world();
  fillThread(server, 3);
  const replicas = new KeptReplicas();
  const first = live({ replicas });
  first.watch(THREAD);
  await settled();
  network.flush();
  await first.close();

  network.down = true;
  const second = client({ replicas });
  second.connect();
  const watch = second.watch(THREAD);
  const changes: (number | null)[] = [];
  watch.onChange(({ after }) => changes.push(after));
  await watch.ready();
  expect(watch.status).toBe("catching up");
  expect(watch.replica.timeline()).toHaveLength(3);

  server.commit(THREAD, [message(server, "meanwhile")]);
  server.requests.length = 0;
  network.down = false;
  pass(60_000);
  expect(subscribes(server)).toEqual([{ topic: THREAD, after: { epoch: "e1", seq: 4 } }]);
  expect(changes).toEqual([null, 4]);
  expect(watch.status).toBe("live");
  expect(watch.replica.timeline()).toHaveLength(4);
});

test("G2: what is kept of a log that the server has lost gives way to a snapshot", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 3);
  const replicas = new KeptReplicas();
  const first = live({ replicas });
  first.watch(THREAD);
  await settled();
  network.flush();
  await first.close();
  server.restart({ lose: 2 });
  const second = live({ replicas });
  const watch = second.watch(THREAD);
  await watch.ready();
  pass(1_000);
  expect(watch.replica).toMatchObject({ epoch: "e2", seq: 2 });
  expect(watch.replica.timeline()).toHaveLength(1);
});

test("a change is kept within two seconds, and at once when the page may end", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 1);
  const replicas = new KeptReplicas();
  const one = live({ replicas });
  one.watch(THREAD);
  await settled();
  network.flush();
  expect(replicas.texts.size).toBe(0);
  pass(2_000);
  const [before] = replicas.texts.values();
  server.commit(THREAD, [message(server, "the newest")]);
  network.flush();
  expect([...replicas.texts.values()]).toEqual([before as string]);
  one.keepNow();
  expect([...replicas.texts.values()][0]).toContain("the newest");
});

test("close() resolves once the storage has what was changed last, and waits a second at most for one that is stuck", async () => {
  for (const stuck of [false, true]) {
    const { server, network, live, clock } = world();
    fillThread(server, 3);
    const replicas = new KeptReplicas();
    const save = replicas.save.bind(replicas);
    let write = (): void => {};
    replicas.save = (topic, text) => new Promise((resolve) => (write = () => void save(topic, text).then(resolve)));
    const one = live({ replicas });
    one.watch(THREAD);
    await settled();
    network.flush();
    let closed = false;
    const closing = one.close().then(() => (closed = true));
    await settled();
    expect([closed, replicas.texts.size]).toEqual([false, 0]);
    if (stuck) clock.advance(1_000);
    else write();
    await closing;
    expect(replicas.texts.size).toBe(stuck ? 0 : 1);
    expect(clock.pending).toBe(0);
  }
});

test("G6: nothing stays of a topic that is lost, of anything when the server refuses us, of another user's at all", async () => {
  const { server, network, live, client, pass } = world();
  fillThread(server, 1);
  fillThread(server, 1, "thread:two");
  const replicas = new KeptReplicas();
  const one = live({ replicas });
  one.watch(THREAD);
  one.watch("thread:two");
  await settled();
  pass(3_000);
  expect([...replicas.texts.keys()]).toEqual([THREAD, "thread:two"]);
  server.notify("revoked", { topic: THREAD, reason: "no longer yours" });
  network.flush();
  await settled();
  expect([...replicas.texts.keys()]).toEqual(["thread:two"]);
  server.token = "another";
  server.restart();
  pass(60_000);
  expect(one.status.state).toBe("stopped");
  expect(replicas.texts.size).toBe(0);

  replicas.texts.set(THREAD, "of somebody");
  replicas.owner = "somebody";
  const two = client({ replicas, token: "another" });
  two.connect();
  network.flush();
  expect(two.status.state).toBe("live");
  expect([...replicas.texts]).toEqual([]);
});

test("what begins in the middle of a log is never kept: it lacks what came before", async () => {
  const { server, live, pass } = world();
  fillThread(server, 2);
  const replicas = new KeptReplicas();
  live({ replicas }).watch(THREAD, { after: { epoch: "e1", seq: 1 } });
  await settled();
  pass(3_000);
  expect(replicas.texts.size).toBe(0);
});

test("a storage that refuses or never answers costs a moment, and is told of", async () => {
  const { server, live, pass, errors } = world();
  fillThread(server, 1);
  const refuses = new KeptReplicas();
  refuses.load = () => Promise.reject(new Error("no storage"));
  const one = live({ replicas: refuses }).watch(THREAD);
  await settled();
  pass(0);
  expect(one.status).toBe("live");
  expect(errors.splice(0)).toEqual([new Error("no storage")]);
  const silent = new KeptReplicas();
  silent.load = () => new Promise(() => {});
  const two = live({ replicas: silent }).watch(THREAD);
  await settled();
  pass(1_000);
  await settled();
  pass(0);
  expect(two.status).toBe("live");
});

test("what was not used for longest makes room, by number and by length", () => {
  const kept = [5, 1, 4, 2, 3].map((at) => ({ topic: `thread:${at}` as Topic, at, length: 10 }));
  expect(overflow(kept, { topics: 5, length: 50 })).toEqual([]);
  expect(overflow(kept, { topics: 3, length: 50 })).toEqual(["thread:2", "thread:1"]);
  expect(overflow(kept, { topics: 5, length: 25 })).toEqual(["thread:3", "thread:2", "thread:1"]);
});

test("IndexedDB: a handle that failed is closed, and the next use opens another", async () => {
  const handles: { dead: boolean; closed: boolean }[] = [];
  const listened = () => {
    const listeners = new Map<string, () => void>();
    return {
      addEventListener: (type: string, run: () => void) => void listeners.set(type, run),
      happen: (type: string) => listeners.get(type)?.(),
    };
  };
  /** As much of IndexedDB as opens databases and loses their handles; it keeps nothing. */
  const factory: IndexedDb = {
    open() {
      const handle = { dead: false, closed: false };
      handles.push(handle);
      const database = {
        ...listened(),
        close: () => void (handle.closed = true),
        createObjectStore: () => null,
        transaction() {
          if (handle.dead) throw new Error("InvalidStateError: the connection was lost");
          const { happen, addEventListener } = listened();
          const got = () => Object.assign(listened(), { result: undefined, error: null });
          const store = { transaction: { commit() {} }, get: got, getAll: got, put() {}, delete() {}, clear() {} };
          queueMicrotask(() => happen("complete"));
          return { addEventListener, error: null, objectStore: () => store };
        },
      };
      const { happen, addEventListener } = listened();
      queueMicrotask(() => happen("success"));
      return { addEventListener, result: database, error: null };
    },
  };
  const storage = indexedDbReplicas(factory);
  expect(await storage.load(THREAD)).toBeNull();
  handles[0]!.dead = true;
  await expect(storage.load(THREAD)).rejects.toThrow("the connection was lost");
  expect(handles).toEqual([{ dead: true, closed: true }]);
  expect(await storage.load(THREAD)).toBeNull();
  expect(handles).toHaveLength(2);
});
