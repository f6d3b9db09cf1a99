import { expect, test } from "bun:test";
import { memoryStorage, webStorage, type StoredCommand } from "../src/connection/outbox-storage.ts";
import type { OutboxEntry, Settled } from "../src/connection/outbox.ts";
import { pendingPrompts } from "../src/connection/prompts.ts";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, settled, THREAD, world } from "./support/setup.ts";

const texts = (state: ReturnType<ReturnType<typeof world>["server"]["state"]>) =>
  [...state.values()].filter(({ kind }) => kind === "turn").map(({ value }) => value["text"]);
const prompt = (text: string) => ({ thread: "one", text });
const states = (entries: readonly OutboxEntry[]) => entries.map(({ state }) => state);

test("G3: a command whose answer was lost is sent again with its key, and has its effect once", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 0);
  const one = live();
  const answer = one.command("thread.prompt", prompt("hello"));
  network.last.deliverUp();
  network.last.cut();
  pass(1000);
  expect(await answer).toMatchObject({ topic: THREAD, turn: "u0" });
  expect(texts(server.state(THREAD))).toEqual(["hello"]);
  const sent = server.requests.filter(({ method }) => method === "thread.prompt");
  expect(sent).toHaveLength(2);
  expect(sent[0]?.params).toEqual(sent[1]?.params ?? {});
  expect(one.outbox.entries).toEqual([]);
});

test("L11: prompts given while disconnected wait, and are sent in the order given", async () => {
  const { server, network, client } = world();
  fillThread(server, 0);
  const one = client();
  const answers = ["a", "b", "c"].map((text) => one.command("thread.prompt", prompt(text)));
  expect(states(one.outbox.entries)).toEqual(["queued", "queued", "queued"]);
  one.connect();
  network.flush();
  await Promise.all(answers);
  expect(texts(server.state(THREAD))).toEqual(["a", "b", "c"]);
});

test("without retryAfterMs the repeats back off", () => {
  const { server, clock, network, live, pass } = world();
  fillThread(server, 0);
  server.intercept = ({ method }) => {
    if (method === "thread.prompt") throw new SkeinError("internal", "disk full");
    return undefined;
  };
  live()
    .command("thread.prompt", prompt("a"))
    .catch(() => {});
  const times: number[] = [];
  const start = clock.now();
  network.flush();
  for (let round = 0; round < 4; round++) {
    const before = server.requests.length;
    while (server.requests.length === before) pass(1);
    times.push(clock.now() - start);
  }
  expect(times).toEqual([125, 375, 875, 1875]);
});

test("what a repeat would not mend rejects, leaves the outbox, and lets the next one go", async () => {
  const { server, network, live } = world();
  fillThread(server, 0);
  server.intercept = ({ params }) => {
    if (params["text"] === "a") throw new SkeinError("conflict", "no", { detail: { by: "other" } });
    return undefined;
  };
  const one = live();
  const first = one.command("thread.prompt", prompt("a"));
  const second = one.command("thread.prompt", prompt("b"));
  network.flush();
  expect(await first.catch((error: unknown) => error)).toMatchObject({ kind: "conflict", detail: { by: "other" } });
  expect(await second).toMatchObject({ turn: "u0" });
  expect(one.outbox.entries).toEqual([]);
});

test("an answer of another shape than the protocol's rejects, and is not asked for again", async () => {
  const { server, network, live } = world();
  server.intercept = ({ method }) => (method === "thread.create" ? { topic: "nowhere" } : undefined);
  const one = live();
  const answer = one.command("thread.create", { agent: "demo", cwd: "/" });
  network.flush();
  expect(await answer.catch((error: unknown) => error)).toMatchObject({ kind: "internal", path: "result.topic" });
  expect(one.outbox.entries).toEqual([]);
});

test("a command larger than a frame may be is refused here: the server would end the connection over it, for ever", async () => {
  const { server, network, live } = world();
  fillThread(server, 0);
  server.limits.frameBytes = 2000;
  const one = live();
  const answer = one.command("thread.prompt", prompt("ä".repeat(1000)));
  const next = one.command("thread.prompt", prompt("short"));
  network.flush();
  expect(await answer.catch((error: unknown) => error)).toMatchObject({ kind: "too_large" });
  expect(await next).toMatchObject({ turn: "u0" });
  expect(one.status.state).toBe("live");
});

test("the outbox survives a reload: another client sends what its storage has, in order, and tells what became of it", async () => {
  const { server, network, client } = world();
  fillThread(server, 0);
  const storage = memoryStorage();
  const before = client({ storage });
  before.command("thread.prompt", prompt("a")).catch(() => {});
  before.command("thread.prompt", prompt("b")).catch(() => {});
  const after = client({ storage });
  const told: Settled[] = [];
  after.outbox.onSettled((settled) => told.push(settled));
  expect(states(after.outbox.entries)).toEqual(["queued", "queued"]);
  after.connect();
  network.flush();
  expect(texts(server.state(THREAD))).toEqual(["a", "b"]);
  expect(told.map((one) => "result" in one && one.result["turn"])).toEqual(["u0", "u1"]);
  expect(storage.load()).toEqual([]);
  // The one before comes back, e.g. another tab: its commands have their effect no second time.
  before.connect();
  network.flush();
  await settled();
  expect(texts(server.state(THREAD))).toEqual(["a", "b"]);
});

test("a browser's storage: an entry for each command; what cannot be read is removed; a full one is told, not fatal", async () => {
  const { server, network, client, errors } = world();
  fillThread(server, 0);
  const entries = new Map<string, string>([
    ["skein.outbox.broken", "{"],
    ["skein.outbox.odd", '{"key":1}'],
    ["other", "{"],
  ]);
  let full = false;
  const storage = webStorage({
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (name) => entries.get(name) ?? null,
    setItem(name, value) {
      if (full) throw new Error("QuotaExceededError");
      entries.set(name, value);
    },
    removeItem: (name) => void entries.delete(name),
  });
  const one = client({ storage });
  expect([...entries.keys()]).toEqual(["other"]);
  const kept = one.command("thread.prompt", prompt("a"));
  const [name, text] = [...entries].at(-1) ?? ["", ""];
  const stored = JSON.parse(text) as StoredCommand;
  expect(name).toBe(`skein.outbox.${stored.key}`);
  expect(stored).toMatchObject({ method: "thread.prompt", params: prompt("a") });
  expect(storage.load()).toEqual([stored]);
  full = true;
  const unkept = one.command("thread.prompt", prompt("b"));
  expect(one.outbox.entries.map(({ stored }) => stored)).toEqual([true, false]);
  expect(errors).toHaveLength(1);
  one.connect();
  network.flush();
  await Promise.all([kept, unkept]);
  expect([...entries.keys()]).toEqual(["other"]);
});

test("a stored command that this version does not know is removed, with a word", () => {
  const { client, errors } = world();
  const storage = memoryStorage();
  storage.save({ key: "k".repeat(32), method: "thread.teleport", params: {}, at: 1 });
  expect(client({ storage }).outbox.entries).toEqual([]);
  expect(storage.load()).toEqual([]);
  expect(errors).toEqual([expect.objectContaining({ kind: "unsupported" })]);
});

test("discard() takes a command out; its promise rejects, and what followed it goes on", async () => {
  const { server, network, client } = world();
  fillThread(server, 0);
  const one = client();
  const first = one.command("thread.prompt", prompt("a"));
  const second = one.command("thread.prompt", prompt("b"));
  expect(one.outbox.discard(one.outbox.entries[0]?.key ?? "")).toBe(true);
  expect(one.outbox.discard("unknown")).toBe(false);
  expect(await first.catch((error: unknown) => error)).toMatchObject({ kind: "conflict" });
  one.connect();
  network.flush();
  await second;
  expect(texts(server.state(THREAD))).toEqual(["b"]);
});

test("the outbox is observable: the same array until it changes, told once for what happens together", () => {
  const { server, network, live } = world();
  fillThread(server, 0);
  const one = live();
  const told: string[][] = [];
  one.outbox.onChange((entries) => told.push(states(entries)));
  const before = one.outbox.entries;
  expect(one.outbox.entries).toBe(before);
  one.command("thread.prompt", prompt("a")).catch(() => {});
  expect(one.outbox.entries).not.toBe(before);
  network.flush();
  expect(told).toEqual([["queued"], ["sent"], []]);
});

test("L8: a prompt shows once at every moment: from the hand, over the answer, to the turn; never by its text", () => {
  const { server, network, live } = world();
  fillThread(server, 0);
  const one = live();
  const watch = one.watch(THREAD);
  network.flush();
  const shown = () => {
    const turns = [...watch.replica.all("turn").values()].map(({ text }) => text as string);
    return [...turns, ...pendingPrompts(one.outbox.entries, watch.replica).map(({ text }) => text)];
  };
  one.command("thread.prompt", prompt("same")).catch(() => {});
  expect(shown()).toEqual(["same"]);
  network.last.deliverUp();
  // The answer comes before the commit.
  const [answer, commit] = [
    network.last.down.findIndex((down) => "frame" in down && down.frame.includes('"result"')),
    network.last.down.findIndex((down) => "frame" in down && down.frame.includes('"commit"')),
  ];
  const frames = [network.last.down[answer], network.last.down[commit]];
  network.last.down.splice(0, network.last.down.length, ...frames.filter((frame) => frame !== undefined));
  network.last.deliverDown();
  expect(states(one.outbox.entries)).toEqual(["answered"]);
  expect(shown()).toEqual(["same"]);
  network.last.deliverDown();
  expect(one.outbox.entries).toEqual([]);
  expect(shown()).toEqual(["same"]);
  // The commit comes before the answer; and the text is one that was there before.
  one.command("thread.prompt", prompt("same")).catch(() => {});
  expect(shown()).toEqual(["same", "same"]);
  network.last.deliverUp();
  while (network.last.down.length > 0) {
    network.last.down.reverse();
    network.last.deliverDown();
    expect(shown()).toEqual(["same", "same"]);
  }
});

test("an answered prompt does not stay for ever when its topic is released or starts another life", () => {
  for (const how of ["release", "restart"] as const) {
    const { server, network, live, pass } = world();
    fillThread(server, 3);
    const one = live();
    const watch = one.watch(THREAD);
    network.flush();
    one.command("thread.prompt", prompt("lost")).catch(() => {});
    network.last.deliverUp();
    network.last.down.splice(
      0,
      network.last.down.length,
      ...network.last.down.filter((down) => JSON.stringify(down).includes("result")),
    );
    network.last.deliverDown();
    expect(states(one.outbox.entries)).toEqual(["answered"]);
    if (how === "release") watch.release();
    else server.restart({ lose: 1 });
    pass(1000);
    expect(one.outbox.entries).toEqual([]);
  }
});

test("L31: without a socket, commands and queries go over HTTP, with the token in a header and never in an address", async () => {
  const { server, network, client, pass, clock } = world();
  fillThread(server, 0);
  network.down = true;
  const calls: { url: string; init: RequestInit }[] = [];
  let reachable = false;
  const one = client({
    token: "secret",
    fetch: (url, init) => {
      calls.push({ url, init });
      return reachable
        ? Promise.resolve(new Response(server.rpc(init.body as string)))
        : Promise.reject(new Error("down"));
    },
  });
  one.connect();
  const answer = one.command("thread.prompt", prompt("over http"));
  network.flush();
  await settled();
  expect(calls).toEqual([]);
  pass(125);
  await settled();
  // The second failure in a row: HTTP is tried once, and again only after the next attempt at a socket.
  expect(calls).toHaveLength(1);
  reachable = true;
  const query = one.query("echo", { value: 1 });
  await settled();
  expect(calls).toHaveLength(1);
  pass(250);
  await settled();
  expect(await answer).toMatchObject({ turn: "u0" });
  expect(await query).toEqual({ value: 1 });
  expect(one.status.state).not.toBe("live");
  expect(await one.query("echo", { value: 2 })).toEqual({ value: 2 });
  for (const { url, init } of calls) {
    expect(url).toBe("http://skein.test/v1/rpc");
    expect(init).toMatchObject({ method: "POST", headers: { authorization: "Bearer secret" } });
  }
  network.down = false;
  server.token = "secret";
  pass(clock.pending > 0 ? 30_000 : 0);
  expect(one.status.state).toBe("live");
  const before = calls.length;
  const live = one.query("echo", { value: 3 });
  network.flush();
  expect(await live).toEqual({ value: 3 });
  expect(calls).toHaveLength(before);
});

test("L31: older items wait for the socket, and keep no query from going over HTTP", async () => {
  const { server, network, client, pass } = world();
  fillThread(server, 300);
  const one = client({ fetch: (_, init) => Promise.resolve(new Response(server.rpc(init.body as string))) });
  one.connect();
  const watch = one.watch("thread:one");
  network.flush();
  network.down = true;
  server.restart();
  network.flush();
  const older = watch.loadOlder();
  pass(1000);
  expect(one.status.state).toBe("waiting");
  let answer: unknown;
  void one.query("echo", { value: 1 }).then((result) => (answer = result));
  await settled();
  expect(answer).toEqual({ value: 1 });
  network.down = false;
  pass(30_000);
  expect(await older).toBe(false);
});

test("over HTTP: 401 stops the client and keeps the command; a refusal as a whole is its answer; a proxy's page is none", async () => {
  const rpcError = (error: SkeinError) => JSON.stringify({ jsonrpc: "2.0", id: null, error: error.toRpc() });
  const cases = [
    { status: 401, body: rpcError(new SkeinError("unauthorized", "Who?")), state: "stopped", left: 1 },
    { status: 403, body: "<html>", state: "stopped", left: 1 },
    { status: 413, body: rpcError(new SkeinError("too_large", "Too large.")), state: "waiting", left: 0 },
    { status: 502, body: "<html>", state: "waiting", left: 1 },
  ];
  for (const { status, body, state, left } of cases) {
    const { network, client, pass } = world();
    network.down = true;
    const one = client({ fetch: () => Promise.resolve(new Response(body, { status })) });
    one.connect();
    pass(125);
    one.command("thread.prompt", prompt("x")).catch(() => {});
    await settled();
    expect(one.status.state).toBe(state as "waiting");
    expect(one.outbox.entries).toHaveLength(left);
  }
});
