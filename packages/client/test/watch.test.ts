import { expect, test } from "bun:test";
import { fillThread, message, settled, THREAD, world } from "./support/setup.ts";

test("a watch tells how many commits it lacks, once the server has said where the topic's head is", () => {
  // Catch-up by single commits.
  const { server, network, live, pass } = world(() => 0.4);
  fillThread(server, 3);
  const watch = live().watch(THREAD);
  expect(watch.behind).toBe(0);
  network.flush();
  expect([watch.status, watch.behind]).toEqual(["live", 0]);
  const seen: number[] = [];
  watch.onChange(() => seen.push(watch.behind));
  server.restart();
  for (let count = 0; count < 3; count++) server.commit(THREAD, [message(server, "missed")]);
  network.flush();
  expect([watch.status, watch.behind]).toEqual(["catching up", 0]);
  pass(60_000);
  expect(seen).toEqual([2, 1, 0]);
  expect([watch.status, watch.behind]).toEqual(["live", 0]);
});

test("G5: while a reader holds what is older, nothing is forgotten; followed again, the window holds", async () => {
  const { server, network, live } = world();
  fillThread(server, 10);
  const watch = live().watch(THREAD, { window: 5 });
  network.flush();
  watch.readBack();
  watch.readBack();
  for (let count = 0; count < 20; count++) server.commit(THREAD, [message(server, "new")]);
  network.flush();
  expect(watch.replica.timeline().length).toBe(25);
  watch.follow();
  expect(watch.replica.timeline().length).toBe(5);
  watch.release();
  watch.readBack();
  await settled();
});

test("a later holder's larger window counts: what it lacks is asked for, at once or with the next connection", () => {
  for (const away of [false, true]) {
    const { server, network, live, pass } = world();
    fillThread(server, 100);
    const one = live();
    const first = one.watch(THREAD, { window: 10 });
    network.flush();
    const asked = server.requests.length;
    if (away) network.last.cut();
    const second = one.watch(THREAD, { window: 50 });
    pass(60_000);
    expect(first.replica.timeline()).toHaveLength(50);
    for (let count = 0; count < 200; count++) server.commit(THREAD, [message(server, "new")]);
    network.flush();
    expect(first.replica.timeline().length).toBeWithin(50, 100);
    // As much is there already: nothing is asked for.
    const before = server.requests.length;
    expect(before).toBeGreaterThan(asked);
    const third = one.watch(THREAD, { window: 50 });
    const { length } = first.replica.timeline();
    one.watch(THREAD, { window: length }).release();
    network.flush();
    expect(server.requests.length).toBe(before);
    for (const watch of [second, third]) watch.release();
    expect(first.status).toBe("live");
  }
});

test("a larger window that was asked for and lost is asked for again; a thread that is whole is not", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 30);
  const one = live();
  const watch = one.watch(THREAD, { window: 10 });
  network.flush();
  one.watch(THREAD, { window: 20 });
  network.last.deliverUp();
  network.last.cut();
  pass(60_000);
  expect(watch.replica.timeline()).toHaveLength(20);
  one.watch(THREAD, { window: 40 });
  network.flush();
  expect(watch.replica.hasOlder).toBe(false);
  const before = server.requests.length;
  one.watch(THREAD, { window: 60 });
  network.flush();
  expect(server.requests.length).toBe(before);
});

test("every holder is told when older items come or are forgotten without a commit", async () => {
  const { server, network, live } = world();
  fillThread(server, 100);
  const one = live();
  const [reader, other] = [one.watch(THREAD, { window: 20 }), one.watch(THREAD, { window: 20 })];
  network.flush();
  const told: number[] = [];
  const stop = other.onWindow(() => told.push(other.replica.timeline().length));
  other.onChange(() => told.push(-1));
  const loading = reader.loadOlder();
  network.flush();
  await loading;
  expect(told).toEqual([100]);
  reader.follow();
  expect(told).toEqual([100, 20]);
  reader.follow();
  const again = reader.loadOlder();
  network.flush();
  await again;
  reader.release();
  expect(told).toEqual([100, 20, 100, 20]);
  stop();
  other.readBack();
  other.follow();
  expect(told).toHaveLength(4);
});

test("whoever follows a timeline that is trimmed by what comes is told of the window too", () => {
  const { server, network, live } = world();
  fillThread(server, 30);
  const watch = live().watch(THREAD, { window: 20 });
  network.flush();
  const floors: number[] = [];
  watch.onWindow(() => floors.push(watch.replica.floor));
  for (let count = 0; count < 20; count++) server.commit(THREAD, [message(server, "new")]);
  network.flush();
  expect(floors).toEqual([30]);
});

test("a query that is not wanted any more is never sent; one under way rejects at once and its answer is let pass", async () => {
  const { server, network, client } = world();
  const one = client();
  const [early, late] = [new AbortController(), new AbortController()];
  const reasons: unknown[] = [];
  const note = (error: unknown): void => void reasons.push(error);
  one.query("echo", { value: "early" }, { signal: early.signal }).catch(note);
  one.query("echo", { value: "late" }, { signal: late.signal }).catch(note);
  const kept = one.query("echo", { value: "kept" });
  early.abort("early");
  one.connect();
  network.last.open();
  network.last.deliverUp();
  network.last.deliverDown();
  late.abort("late");
  network.flush();
  expect(await kept).toEqual({ value: "kept" });
  expect(reasons).toEqual(["early", "late"]);
  const echoes = server.requests.filter(({ method }) => method === "echo").map(({ params }) => params["value"]);
  expect(new Set(echoes)).toEqual(new Set(["late", "kept"]));
  one.query("echo", { value: "never" }, { signal: late.signal }).catch(note);
  await settled();
  expect(reasons).toEqual(["early", "late", "late"]);
});

test("a query that needs no params is asked without, and one that does is not to be", async () => {
  const { server, network, live } = world();
  const one = live();
  const answers = Promise.all([one.query("echo"), one.query("echo", undefined, {}), one.query("echo", { value: 1 })]);
  network.flush();
  expect(await answers).toEqual([{}, {}, { value: 1 }]);
  // @ts-expect-error: a search is for something.
  one.query("search").catch(() => {});
  expect(server.requests.slice(-3).map(({ params }) => params)).toEqual([{}, {}, { value: 1 }]);
});
