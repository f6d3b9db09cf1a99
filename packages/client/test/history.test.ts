import { expect, test } from "bun:test";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, message, settled, THREAD, world } from "./support/setup.ts";

test("G5, P44, L21: while it is followed, a timeline keeps to its window", () => {
  const { server, network, live } = world();
  fillThread(server, 30);
  const watch = live().watch(THREAD, { window: 20 });
  network.flush();
  expect(watch.replica.timeline()).toHaveLength(20);
  for (let index = 0; index < 500; index++) {
    server.commit(THREAD, [message(server, `more ${index}`)]);
    network.flush();
    expect(watch.replica.timeline().length).toBeLessThan(40);
  }
  expect(watch.replica.get("thread", "one")).toEqual<unknown>({ title: "one" });
});

test("loadOlder() pages back by cursor, one request at a time, to the start; follow() forgets it again", async () => {
  const { server, network, live } = world();
  server.limits.historyPage = 30;
  fillThread(server, 100);
  const watch = live().watch(THREAD, { window: 20 });
  network.flush();
  const two = [watch.loadOlder(), watch.loadOlder()];
  network.flush();
  expect(await Promise.all(two)).toEqual([true, true]);
  expect(watch.replica.timeline()).toHaveLength(50);
  for (const older of [true, false, false]) {
    const loading = watch.loadOlder();
    network.flush();
    expect(await loading).toBe(older);
  }
  expect(watch.replica.timeline().map(({ pos }) => pos)).toEqual(Array.from({ length: 100 }, (_, pos) => pos));
  expect(server.requests.filter(({ method }) => method === "history")).toHaveLength(3);
  watch.follow();
  expect(watch.replica.timeline()).toHaveLength(20);
});

test("P45: loadOlder() goes on by the cursor, however few items come at a time", async () => {
  const { server, network, live } = world();
  fillThread(server, 60);
  const size = JSON.stringify(server.state(THREAD).get("message m0")?.value).length;
  Object.assign(server.limits, { windowBytes: 5 * size, historyPage: 20, historyPageBytes: size });
  const watch = live().watch(THREAD);
  network.flush();
  expect(watch.replica.timeline().length).toBeLessThanOrEqual(5);
  for (let pages = 1; watch.replica.hasOlder; pages++) {
    expect(pages).toBeLessThanOrEqual(60);
    const { floor } = watch.replica;
    // Some pages are full, some have a single item.
    server.limits.historyPageBytes = pages % 3 === 0 ? 20 * size : 1;
    const loading = watch.loadOlder();
    network.flush();
    expect(await loading).toBe(watch.replica.hasOlder);
    expect(watch.replica.floor).toBeLessThan(floor);
  }
  expect(watch.replica.timeline().map(({ pos }) => pos)).toEqual(Array.from({ length: 60 }, (_, pos) => pos));
});

test("G2, P46: commits that touch older items while their page is on its way are not lost on it", async () => {
  const { server, network, live } = world();
  fillThread(server, 50);
  const watch = live().watch(THREAD, { window: 10 });
  network.flush();
  const loading = watch.loadOlder();
  network.last.deliverUp();
  // The answer is read and under way; what follows is committed after it, but comes first.
  const answer = network.last.down.splice(0);
  server.commit(THREAD, [
    { op: "patch", kind: "message", id: "m5", value: { status: "interrupted" } },
    { op: "append", kind: "message", id: "m6", field: "text", at: 6, text: "!" },
    { op: "drop", kind: "message", id: "m7" },
  ]);
  network.flush();
  network.last.down.push(...answer);
  network.flush();
  expect(await loading).toBe(false);
  expect(watch.replica.get("message", "m5")).toMatchObject({ status: "interrupted" });
  expect(watch.replica.get("message", "m6")).toMatchObject({ text: "text 6!" });
  expect(watch.replica.get("message", "m7")).toBeUndefined();
  expect(watch.replica.timeline()).toHaveLength(49);
});

test("G2, P46: a page that no longer fits, because a snapshot came in between, is asked for again", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 50);
  const watch = live().watch(THREAD, { window: 10 });
  network.flush();
  const loading = watch.loadOlder();
  for (let index = 0; index < 30; index++) server.commit(THREAD, [message(server, "later")]);
  server.restart({ lose: 0 });
  pass(1000);
  expect(await loading).toBe(false);
  expect(watch.replica.timeline()).toHaveLength(80);
  expect(watch.replica.epoch).toBe("e2");
});

test("loadOlder() rejects with what the server answered", async () => {
  const { server, network, live } = world();
  fillThread(server, 50);
  const watch = live().watch(THREAD, { window: 10 });
  network.flush();
  server.intercept = ({ method }) => {
    if (method === "history") throw new SkeinError("forbidden", "not yours");
    return undefined;
  };
  const loading = watch.loadOlder();
  network.flush();
  expect(await loading.catch((error: unknown) => error)).toMatchObject({ kind: "forbidden" });
  await settled();
});
