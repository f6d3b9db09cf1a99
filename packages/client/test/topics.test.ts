import { expect, test } from "bun:test";
import { CLOSE, SkeinError, type Change, type Commit } from "../src/protocol/index.ts";
import type { WatchStatus } from "../src/connection/subscription.ts";
import { together } from "../src/connection/topics.ts";
import { fillThread, message, subscribes, THREAD, world } from "./support/setup.ts";

const title = (text: string): Change => ({ op: "patch", kind: "thread", id: "one", value: { title: text } });

test("L7: the wanted topics are sent whole, with positions, in one frame with hello, at every open", () => {
  const { server, network, client, pass } = world();
  fillThread(server, 2);
  fillThread(server, 1, "thread:two");
  const one = client();
  one.watch(THREAD, { window: 50 });
  one.watch("thread:two", { maxHz: 4 });
  one.connect();
  network.last.open();
  expect(
    network.last.up.map((frame) => (JSON.parse(frame) as { method: string }[]).map(({ method }) => method)),
  ).toEqual([["hello", "subscribe", "subscribe"]]);
  network.flush();
  server.commit(THREAD, [title("x")]);
  network.flush();
  server.restart();
  pass(1000);
  expect(subscribes(server)).toEqual([
    { topic: THREAD, window: 50 },
    { topic: "thread:two", maxHz: 4 },
    { topic: THREAD, after: { epoch: "e1", seq: 4 }, window: 50 },
    { topic: "thread:two", after: { epoch: "e1", seq: 2 }, maxHz: 4 },
  ]);
});

test("L7: released while away, a topic is not asked for again; wanted while away, it is", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 1);
  fillThread(server, 1, "thread:two");
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  server.restart();
  network.last.deliverDown();
  watch.release();
  const two = one.watch("thread:two");
  pass(1000);
  expect(subscribes(server).map(({ topic }) => topic)).toEqual([THREAD, "thread:two"]);
  expect(two.status).toBe("live");
});

test("L7: wanted between the opening and the answer to hello, a topic is asked for too", () => {
  const { server, network, client } = world();
  fillThread(server, 1);
  fillThread(server, 1, "thread:two");
  const one = client();
  one.watch(THREAD);
  one.connect();
  network.last.open();
  const late = one.watch("thread:two");
  network.flush();
  expect(subscribes(server).map(({ topic }) => topic)).toEqual([THREAD, "thread:two"]);
  expect(late.status).toBe("live");
});

test("topics are counted: one subscription and one replica for all, ended with the last release", () => {
  const { server, network, live } = world();
  fillThread(server, 1);
  const one = live();
  const [a, b] = [one.watch(THREAD), one.watch(THREAD)];
  network.flush();
  expect(a.replica).toBe(b.replica);
  a.release();
  a.release();
  network.flush();
  server.commit(THREAD, [title("still")]);
  network.flush();
  expect(b.replica.get("thread", "one")).toEqual<unknown>({ title: "still" });
  b.release();
  network.flush();
  expect(server.requests.map(({ method }) => method)).toEqual(["hello", "subscribe", "unsubscribe"]);
});

test("P34: a topic let go of while the greeting is under way is not followed", () => {
  const { server, network, client } = world();
  fillThread(server, 1);
  fillThread(server, 1, "thread:two");
  const one = client();
  const [kept, released] = [one.watch("thread:two"), one.watch(THREAD)];
  one.connect();
  network.last.open();
  released.release();
  network.flush();
  expect(kept.status).toBe("live");
  expect([...server.sessions].map(({ cursors }) => [...cursors.keys()])).toEqual([["thread:two"]]);
});

test("commits that were under way when a topic was let go of are nobody's", () => {
  const { server, network, live } = world();
  fillThread(server, 1);
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  server.commit(THREAD, [title("x")]);
  watch.release();
  network.flush();
  expect(one.status.state).toBe("live");
  expect(server.requests.map(({ method }) => method)).toEqual(["hello", "subscribe", "unsubscribe"]);
});

test("the options of all who watch serve each of them", () => {
  expect(together([{}, {}], 200)).toEqual({});
  expect(together([{ window: 10 }, {}], 200)).toEqual({ window: 200 });
  expect(together([{ window: 500 }, { window: 10 }], 200)).toEqual({ window: 500 });
  expect(together([{ maxHz: 1 }, { maxHz: 5 }], 200)).toEqual({ maxHz: 5 });
  expect(together([{ maxHz: 1 }, {}], 200)).toEqual({});
});

test("a second holder without a limit of rate lifts it", () => {
  const { server, network, live } = world();
  fillThread(server, 1);
  const one = live();
  one.watch(THREAD, { maxHz: 1 });
  network.flush();
  one.watch(THREAD);
  network.flush();
  expect(subscribes(server).at(-1)).toEqual({ topic: THREAD, after: { epoch: "e1", seq: 2 } });
});

test("P31: a watch is loading, then live, catching up while the connection is away, and live again", () => {
  const { server, network, client, pass } = world();
  fillThread(server, 1);
  const one = client();
  const watch = one.watch(THREAD);
  const seen: WatchStatus[] = [watch.status];
  watch.onStatus((status) => seen.push(status));
  one.connect();
  network.flush();
  server.restart();
  pass(1000);
  expect(seen).toEqual(["loading", "live", "catching up", "live"]);
});

test("P22, L5: a gap is asked for from where the replica is, once, and nothing is lost", () => {
  const { server, network, live } = world();
  fillThread(server, 2);
  const watch = live().watch(THREAD);
  network.flush();
  server.commit(THREAD, [title("lost on the way")]);
  network.last.down.length = 0;
  for (const text of ["a", "b", "c"]) server.commit(THREAD, [title(text), message(server, text)]);
  network.flush();
  expect(watch.replica.get("thread", "one")).toEqual<unknown>({ title: "c" });
  expect(watch.replica.seq).toBe(7);
  expect(watch.replica.all("message").size).toBe(5);
  expect(watch.status).toBe("live");
  expect(subscribes(server).slice(1)).toEqual([{ topic: THREAD, after: { epoch: "e1", seq: 3 } }]);
});

test("L5: a log that does not fit itself is asked for whole, then on another connection", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 1);
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  const hole = { topic: THREAD, epoch: "e1", after: 100, seq: 101, ts: 0, changes: [] };
  for (let round = 0; round < 3; round++) {
    server.intercept = ({ method }) => (method === "subscribe" ? { epoch: "e1", head: 101 } : undefined);
    server.notify("commit", hole);
    network.flush();
  }
  expect(one.status).toMatchObject({ state: "waiting", error: { kind: "gap" } });
  expect(subscribes(server).map(({ after }) => after)).toEqual([undefined, { epoch: "e1", seq: 2 }, undefined]);
  server.intercept = () => undefined;
  pass(1000);
  expect(watch.status).toBe("live");
});

test("P30, L4: a position whose epoch is gone, or that is ahead of the server, gets a snapshot", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 5);
  const watch = live().watch(THREAD);
  network.flush();
  server.restart({ lose: 2 });
  pass(1000);
  expect(watch.replica.dump()).toMatchObject({ epoch: "e2", seq: 4 });
  expect(watch.replica.all("message").size).toBe(3);
  expect(watch.status).toBe("live");
});

test("P23, L3: apply and move in one step: a listener that reconnects or throws gets no commit twice", () => {
  const { server, network, live, pass, errors } = world();
  fillThread(server, 0);
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  const seen: number[] = [];
  watch.onChange(() => {
    throw new Error("mine");
  });
  watch.onChange((commit: Commit) => {
    seen.push(commit.seq);
    if (commit.seq !== 3) return;
    void one.close();
    one.connect();
  });
  const other = one.watch(THREAD);
  const also: number[] = [];
  other.onChange(({ seq }) => also.push(seq));
  for (const text of ["a", "b", "c", "d"]) {
    server.commit(THREAD, [title(text)]);
    pass(1000);
  }
  expect(seen).toEqual([2, 3, 4, 5]);
  expect(also).toEqual(seen);
  expect(watch.replica.get("thread", "one")).toEqual<unknown>({ title: "d" });
  expect(errors).toHaveLength(4);
});

test("a listener is told once the whole frame is taken in, and not after its release", () => {
  const { server, network, live } = world(() => 0.5);
  fillThread(server, 0);
  const watch = live().watch(THREAD);
  network.flush();
  const heads: number[] = [];
  watch.onChange(() => {
    heads.push(watch.replica.seq);
    watch.release();
  });
  const frames = ["a", "b"].map((text) => server.commit(THREAD, [title(text)]));
  network.last.down.length = 0;
  const batch = frames.map((params) => ({ jsonrpc: "2.0", method: "commit", params }));
  network.last.down.push({ frame: JSON.stringify(batch) });
  network.flush();
  expect(heads).toEqual([3]);
});

test("what is refused for good is gone, with the error; a new watch asks anew", async () => {
  const { server, network, live } = world();
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  expect(watch.status).toBe("gone");
  expect(watch.error).toMatchObject({ kind: "not_found" });
  await expect(watch.ready()).rejects.toMatchObject({ kind: "not_found" });
  fillThread(server, 1);
  const again = one.watch(THREAD);
  network.flush();
  await again.ready();
  expect(again.status).toBe("live");
  watch.release();
  network.flush();
  expect(again.status).toBe("live");
  expect(server.requests.map(({ method }) => method)).not.toContain("unsubscribe");
});

test("a topic that is gone is asked for again by retry(), for all who watch it", async () => {
  const { server, network, live } = world();
  const one = live();
  const [first, second] = [one.watch(THREAD), one.watch(THREAD)];
  network.flush();
  expect([first.status, second.status]).toEqual(["gone", "gone"]);
  first.retry();
  expect([first.status, first.error]).toEqual(["loading", null]);
  network.flush();
  expect(second).toMatchObject({ status: "gone", error: { kind: "not_found" } });
  fillThread(server, 1);
  const statuses: string[] = [];
  second.onStatus((status) => statuses.push(status));
  first.retry();
  network.flush();
  await second.ready();
  expect(statuses).toEqual(["loading", "live"]);
  expect(second.replica.timeline()).toHaveLength(1);
  first.retry();
  expect(second.status).toBe("live");
});

test("G6, P37: revoked: the replica is forgotten and not asked for again", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 3);
  const watch = live().watch(THREAD);
  network.flush();
  server.notify("revoked", { topic: THREAD, reason: "You were removed from the board." });
  network.flush();
  expect(watch.status).toBe("gone");
  expect(watch.error).toMatchObject({ kind: "forbidden", message: "You were removed from the board." });
  expect(watch.replica.dump().entities).toEqual([]);
  await expect(watch.ready()).rejects.toMatchObject({ kind: "forbidden" });
  const before = subscribes(server).length;
  server.restart();
  pass(1000);
  expect(subscribes(server)).toHaveLength(before);
});

test("a subscription refused for now is asked for later", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 1);
  let refusals = 2;
  server.intercept = ({ method }) => {
    if (method === "subscribe" && refusals-- > 0) throw new SkeinError("rate_limited", "slow", { retryAfterMs: 3000 });
    return undefined;
  };
  const watch = live().watch(THREAD);
  network.flush();
  pass(5999);
  expect(watch.status).toBe("loading");
  pass(1);
  expect(watch.status).toBe("live");
});

test("ready() resolves with the first content, and rejects when the watch is released before", async () => {
  const { server, network, client } = world();
  fillThread(server, 1);
  const one = client();
  const [a, b] = [one.watch(THREAD), one.watch("thread:two")];
  const [first, second] = [a.ready(), b.ready()];
  b.release();
  await expect(second).rejects.toMatchObject({ kind: "conflict" });
  one.connect();
  network.flush();
  await first;
  await a.ready();
});

test("values are stable snapshots: what did not change stays the same object", () => {
  const { server, network, live } = world();
  fillThread(server, 3);
  const watch = live().watch(THREAD);
  network.flush();
  const [m0, m1] = [watch.replica.get("message", "m0"), watch.replica.get("message", "m1")];
  const timeline = watch.replica.timeline();
  server.commit(THREAD, [title("x")]);
  network.flush();
  expect(watch.replica.timeline()).toBe(timeline);
  server.commit(THREAD, [{ op: "append", kind: "message", id: "m1", field: "text", at: 6, text: "?" }]);
  network.flush();
  expect(watch.replica.get("message", "m0")).toBe(m0);
  expect(watch.replica.get("message", "m1")).not.toBe(m1);
  expect(m1).toMatchObject({ text: "text 1" });
});

test("P12: whoever takes the connection's name takes its place, and loses it to nobody: both stay", () => {
  const { server, network, live, pass } = world();
  const one = live();
  const other: number[] = [];
  const copy = network.transport({ opened: () => {}, frame: () => {}, closed: (code) => other.push(code) });
  network.flush();
  const params = { protocol: 1, client: { name: "copy", version: "0" }, resume: one.hello?.connection };
  copy.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "hello", params }));
  network.flush();
  expect(one.status).toMatchObject({ state: "waiting", error: { detail: { code: CLOSE.superseded } } });
  pass(60_000);
  expect(one.status.state).toBe("live");
  expect(other).toEqual([]);
  expect(server.hellos).toHaveLength(3);
});

test("P12: what the server ends in favour of a successor is no loss to who opened that", () => {
  const { network, server, live, pass } = world();
  const one = live();
  const first = one.hello?.connection;
  network.last.cut(false);
  pass(10_000);
  expect(one.status.state).toBe("live");
  expect(one.hello?.connection).not.toBe(first);
  expect(server.hellos).toHaveLength(2);
  pass(60_000);
  expect(server.hellos).toHaveLength(2);
});

test("P12, P16, P36: a connection too slow or superseded is made anew, and resumes", () => {
  for (const code of [CLOSE.tooSlow, CLOSE.superseded, CLOSE.silent, 1006, 1011]) {
    const { server, network, live, pass } = world();
    fillThread(server, 2);
    const watch = live().watch(THREAD);
    network.flush();
    server.restart({ code });
    pass(1000);
    expect(watch.status).toBe("live");
    expect(subscribes(server).at(-1)).toEqual({ topic: THREAD, after: { epoch: "e1", seq: 3 } });
  }
});
