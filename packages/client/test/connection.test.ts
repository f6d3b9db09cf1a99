import { expect, test } from "bun:test";
import type { ConnectionStatus } from "../src/connection/status.ts";
import { browserSignals, clockJumps } from "../src/connection/wake.ts";
import { SkeinClient } from "../src/client.ts";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, settled, THREAD, world } from "./support/setup.ts";

const pings = (server: { requests: { method: string }[] }) =>
  server.requests.filter(({ method }) => method === "ping").length;

test("P13: a ping every 15 s, whatever comes in meanwhile; a request takes its place", () => {
  const { server, pass, live } = world();
  fillThread(server, 0);
  const client = live();
  client.watch(THREAD);
  pass(14_000);
  expect(pings(server)).toBe(0);
  server.commit(THREAD, [{ op: "patch", kind: "thread", id: "one", value: { title: "x" } }]);
  pass(1_000);
  expect(pings(server)).toBe(1);
  // Both sides have said something: a second later than the ping.
  pass(1_000);
  void client.query("echo", { value: 1 });
  pass(14_999);
  expect(pings(server)).toBe(1);
  pass(1);
  expect(pings(server)).toBe(2);
  pass(150_000);
  expect(pings(server)).toBe(12);
  expect(client.status.state).toBe("live");
});

test("L18: a stream that dies silently is noticed 35 s after its last frame, not after one missed pong", () => {
  const { clock, network, live } = world();
  const client = live();
  clock.advance(34_999);
  expect(client.status.state).toBe("live");
  clock.advance(1);
  expect(client.status).toMatchObject({ state: "waiting", attempt: 1 });
  clock.advance(125);
  network.flush();
  expect(client.status.state).toBe("live");
});

test("L17: one missed pong does not end it", () => {
  const { clock, pass, live } = world();
  const client = live();
  clock.advance(34_000);
  pass(60_000);
  expect(client.status).toMatchObject({ state: "live", attempt: 0 });
});

test("the heartbeat's times come from the limits in hello", () => {
  const { server, pass, live } = world();
  Object.assign(server.limits, { pingAfterMs: 1000 });
  live();
  pass(10_500);
  expect(pings(server)).toBe(10);
});

test("L19: on wake a live connection is checked at once, a waiting one retried at once", () => {
  const { server, network, live, wake, pass } = world();
  const client = live();
  wake();
  network.flush();
  expect(pings(server)).toBe(1);
  network.down = true;
  server.restart();
  pass(60_000);
  expect(client.status.state).toBe("waiting");
  network.down = false;
  wake();
  network.flush();
  expect(client.status.state).toBe("live");
});

test("L19: a client that woke on a dead line knows within 3 s, one that lost its network at once", () => {
  const { network, live, pass, wake } = world();
  const client = live();
  const asleep = network.last;
  // The line is dead: what is sent on it arrives nowhere, and nobody says so.
  asleep.deliverUp = () => void asleep.up.shift();
  wake();
  pass(3_000);
  expect(asleep.state).toBe("over");
  network.flush();
  expect(client.status.state).toBe("live");
  wake("offline");
  expect(client.status).toMatchObject({ state: "waiting", error: { message: "This device has no network." } });
  wake();
  network.flush();
  expect(client.status.state).toBe("live");
});

test("an onError that throws silences nobody: listeners are told, and the client goes on", () => {
  const onError = (): void => {
    throw new Error("from onError");
  };
  const { network, server, live } = world();
  const { error } = console;
  const printed: unknown[] = [];
  console.error = (...args: unknown[]) => printed.push(...args);
  try {
    const client = live({ onError });
    const told: string[] = [];
    client.onStatus(() => {
      throw new Error("from a listener");
    });
    client.onStatus(({ state }) => told.push(state));
    server.restart();
    network.flush();
    client.retryNow();
    network.flush();
    expect(told).toEqual(["waiting", "connecting", "greeting", "live"]);
    expect(printed.slice(0, 2).map((each) => (each as Error).message)).toEqual(["from a listener", "from onError"]);
  } finally {
    console.error = error;
  }
});

test("L19: a jump of the clock is a wake", () => {
  const { clock, server, network, live } = world();
  const client = live({ wakeSources: [clockJumps(clock)] });
  clock.sleep(3_600_000);
  network.flush();
  expect(pings(server)).toBe(1);
  expect(client.status.state).toBe("live");
});

test("L19: visibilitychange, online and pageshow are wakes; hiding is none; offline ends what needs a network", () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  const view = new EventTarget();
  Object.assign(globalThis, { document: page, window: view });
  try {
    let wakes = 0;
    const told: string[] = [];
    const stop = browserSignals(false)((signal) => void (signal === "wake" ? wakes++ : told.push(signal)));
    page.dispatchEvent(new Event("visibilitychange"));
    expect(wakes).toBe(0);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    view.dispatchEvent(new Event("online"));
    view.dispatchEvent(new Event("pageshow"));
    expect(wakes).toBe(3);
    view.dispatchEvent(new Event("offline"));
    expect(told).toEqual(["offline"]);
    const stopLocal = browserSignals(true)((signal) => told.push(signal));
    view.dispatchEvent(new Event("offline"));
    expect(told).toEqual(["offline", "offline", "wake"]);
    stopLocal();
    stop();
    view.dispatchEvent(new Event("offline"));
    expect(told).toHaveLength(3);
    page.dispatchEvent(new Event("visibilitychange"));
    view.dispatchEvent(new Event("online"));
    expect(wakes).toBe(3);
  } finally {
    Reflect.deleteProperty(globalThis, "document");
    Reflect.deleteProperty(globalThis, "window");
  }
});

test("L16: an unknown token stops the client; it says so, and tries again only when told", async () => {
  const { server, network, live, pass } = world();
  server.token = "right";
  const client = live({ token: "wrong" });
  expect(client.status).toMatchObject({ state: "stopped", reason: { code: 4401, message: "Who are you?" } });
  const opened = network.opened;
  pass(600_000);
  expect(network.opened).toBe(opened);
  await expect(client.ready()).rejects.toMatchObject({ kind: "unauthorized" });
  await expect(client.query("echo")).rejects.toMatchObject({ kind: "unauthorized" });
  await expect(client.watch(THREAD).ready()).rejects.toMatchObject({ kind: "unauthorized" });
  server.token = "wrong";
  client.connect();
  network.flush();
  expect(await client.ready()).toMatchObject({ connection: "c1" });
});

test("L16: 4401 in the midst of a connection stops it too", () => {
  const { server, network, live, pass } = world();
  const client = live();
  server.restart({ code: 4401 });
  network.flush();
  pass(600_000);
  expect(client.status).toMatchObject({ state: "stopped", reason: { code: 4401 } });
});

test("P15: draining {retryAfterMs} is respected", () => {
  const { server, network, live, pass } = world();
  const client = live();
  server.notify("draining", { retryAfterMs: 5000 });
  server.restart({ code: 4503 });
  network.flush();
  expect(client.status).toMatchObject({ state: "waiting", ordered: true });
  const opened = network.opened;
  pass(4999);
  expect(network.opened).toBe(opened);
  pass(1000);
  expect(client.status.state).toBe("live");
});

test("P10, P11, P12: hello bears the token and, from the second time on, the connection it takes the place of", () => {
  const { server, network, live, pass } = world();
  server.token = "secret";
  live({ token: "secret", name: "tester", version: "1.2" });
  // Half open: the server does not know that the wire is cut.
  network.last.cut(false);
  pass(1000);
  expect(server.hellos).toEqual([
    { protocol: 1, client: { name: "tester", version: "1.2" }, token: "secret" },
    { protocol: 1, client: { name: "tester", version: "1.2" }, token: "secret", resume: "c1" },
  ]);
  expect([...server.sessions].map(({ connection }) => connection)).toEqual(["c2"]);
});

test("L6: nothing of an old connection is heard in the new one", () => {
  const { server, network, live } = world();
  fillThread(server, 3);
  const client = live();
  const watch = client.watch(THREAD);
  network.flush();
  const old = network.last;
  client.retryNow();
  server.commit(THREAD, [{ op: "patch", kind: "thread", id: "one", value: { title: "old" } }]);
  const late = [...old.down];
  void client.close();
  client.connect();
  network.flush();
  expect(watch.replica.get("thread", "one")).toEqual<unknown>({ title: "old" });
  const { seq } = watch.replica;
  old.down.push(...late);
  old.deliverDown();
  old.deliverDown();
  expect(watch.replica.seq).toBe(seq);
  expect(client.status.state).toBe("live");
});

test("a frame that is no JSON, an answer nobody asked, a malformed commit: the connection is made anew, with a word why", () => {
  const bad = [
    "{",
    "[]",
    '{"jsonrpc":"2.0","id":999,"result":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Cannot read that."}}',
    '{"jsonrpc":"2.0","method":"commit","params":{}}',
    '{"jsonrpc":"2.0","method":"commit"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"draining","params":{}}',
  ];
  for (const frame of bad) {
    const { network, live, pass } = world();
    const client = live();
    network.last.down.push({ frame });
    network.flush();
    expect(client.status).toMatchObject({ state: "waiting", error: expect.any(SkeinError) });
    pass(1000);
    expect(client.status.state).toBe("live");
  }
});

test("P3: notifications of a later protocol are let pass", () => {
  const { server, network, live } = world();
  const client = live();
  server.notify("presence", { topic: THREAD, peers: [] });
  network.flush();
  expect(client.status.state).toBe("live");
});

test("L3: a status listener that throws, closes or reconnects harms nothing", () => {
  const { network, client, errors, server, pass } = world();
  fillThread(server, 1);
  const one = client();
  const seen: ConnectionStatus["state"][] = [];
  let closed = false;
  one.onStatus(() => {
    throw new Error("mine");
  });
  one.onStatus(({ state }) => {
    seen.push(state);
    if (state !== "live" || closed) return;
    closed = true;
    void one.close();
    one.connect();
  });
  const watch = one.watch(THREAD);
  one.connect();
  network.flush();
  pass(1000);
  expect(one.status.state).toBe("live");
  expect(watch.status).toBe("live");
  expect(seen).toEqual(["connecting", "greeting", "live", "idle", "connecting", "greeting", "live"]);
  expect(errors).toHaveLength(seen.length);
});

test("close() leaves no timer behind, and what waits for an answer rejects with a word that a repeat may do", async () => {
  const { clock, network, live, client } = world();
  const one = live();
  one.watch(THREAD);
  network.flush();
  const query = one.query("echo", { value: 1 });
  const command = one.command("thread.rename", { thread: "one", title: "x" });
  const ready = one.watch("board:other").ready();
  await one.close();
  for (const waiting of [query, command, ready]) {
    expect(await waiting.then(String, (error: unknown) => error)).toMatchObject({ kind: "busy", retry: "reconnect" });
  }
  expect(clock.pending).toBe(0);
  expect(one.status.state).toBe("idle");
  const never = client();
  const early = never.command("thread.rename", { thread: "one", title: "x" });
  await never.close();
  await expect(early).rejects.toMatchObject({ retry: "reconnect" });
});

test("a query waits for the connection, and is asked again when its answer was lost", async () => {
  const { network, client, pass } = world();
  const one = client();
  const answer = one.query("echo", { value: 7 });
  one.connect();
  network.last.open();
  network.last.deliverUp();
  network.last.deliverDown();
  network.last.deliverUp();
  network.last.cut();
  pass(1000);
  await settled();
  expect(await answer).toEqual({ value: 7 });
});

test("an address with credentials, a query or another scheme is refused", () => {
  const make = (url: string) => () => new SkeinClient({ url });
  for (const url of ["http://me:secret@host", "http://host/?token=x", "http://host/#t", "ws://host", "host"]) {
    expect(make(url)).toThrow(SkeinError);
  }
  expect(make("https://host/base/")).not.toThrow();
});

test("where there is no WebSocket, the client says what to do", () => {
  const { WebSocket } = globalThis;
  Reflect.deleteProperty(globalThis, "WebSocket");
  try {
    expect(() => new SkeinClient({ url: "http://host" })).toThrow("pass its WebSocket");
  } finally {
    globalThis.WebSocket = WebSocket;
  }
});
