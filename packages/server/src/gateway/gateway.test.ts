import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, type Commit, type Limits, type Result, type Topic } from "@skein/client/protocol";
import { RawSocket, type Message } from "../../../../test/support/raw-socket.ts";
import { access } from "../boards/access.ts";
import { ensurePersonalBoard } from "../boards/boards.ts";
import { Health } from "../health.ts";
import { Hub } from "../hub/hub.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { Blobs } from "../store/blobs.ts";
import { SqliteStore } from "../store/sqlite.ts";
import { TestClock } from "../testing/test-clock.ts";
import type { Domain } from "./dispatch.ts";
import { Gateway } from "./gateway.ts";
import { hashToken, localToken, makeToken } from "./tokens.ts";

/** The doors alone, on a real store and real sockets, with a clock that the test moves. */
let data: string;
let clock: TestClock;
let store: SqliteStore;
let hub: Hub;
let gateway: Gateway;
let server: { url: string; token: string };
let reports: unknown[];
let sockets: RawSocket[];
let command: Domain["command"];
/** What was carried out. */
let commands: string[];
let mayRead: (user: string, topic: Topic) => Promise<boolean>;

async function open(limits: Limits = DEFAULT_LIMITS): Promise<void> {
  gateway = new Gateway({
    hub,
    health: new Health(),
    clock,
    limits,
    pairing: DEFAULT_SETTINGS.pairing,
    blobs: new Blobs(join(data, "blobs")),
    domain: {
      store,
      command: async (...given) => command(...given),
      lookForAgents: async () => {},
      mayRead: async ({ user }, topic) => mayRead(user, topic),
      mayReadBlob: async ({ user }) => access.readsAll(user),
      boardOf: ({ user }) => access.boardOf(user),
    },
    server: { name: "skein", version: "0" },
    hosts: { listen: "127.0.0.1", allowed: [], origins: [] },
    assets: join(data, "no-app"),
    port: 0,
    makeId: () => crypto.randomUUID(),
    report: (error) => reports.push(error),
  });
  const { port } = gateway.listen();
  server = { url: `http://127.0.0.1:${port}`, token: await localToken(store, data, clock.now()) };
}

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-gateway-"));
  clock = new TestClock();
  store = await SqliteStore.open({ file: join(data, "skein.sqlite"), now: () => clock.now() });
  reports = [];
  sockets = [];
  commands = [];
  command = async (_principal, name) => {
    commands.push(name);
    return {};
  };
  mayRead = async (user, topic) => access.can(user, topic, "read");
  hub = new Hub({ store, clock, limits: DEFAULT_LIMITS, load: () => 0, report: (error) => reports.push(error) });
  await ensurePersonalBoard({ store, hub, clock });
  await open();
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  await gateway.stop(0);
  await store.close();
  await rm(data, { recursive: true, force: true });
  expect(reports).toEqual([]);
});

/** Lets queued work run until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function greeted(): Promise<RawSocket> {
  const socket = await RawSocket.greeted(server);
  sockets.push(socket);
  return socket;
}

/** The answers to requests in one batch over HTTP, in the requests' order. */
async function batch(requests: readonly object[]): Promise<Message[]> {
  const body = JSON.stringify(requests.map((request, id) => ({ jsonrpc: "2.0", id, ...request })));
  const headers = { authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.url}/v1/rpc`, { method: "POST", headers, body });
  const answers = JSON.parse(await response.text()) as Message[];
  expect(answers.map(({ id }) => id)).toEqual(requests.map((_, id) => id));
  return answers;
}

describe("a peer that says nothing", () => {
  test("P10: who has not said hello within 10 s is closed with 4408", async () => {
    const socket = await RawSocket.open(server.url);
    await clock.advance(9_000);
    expect(socket.closed).toBeNull();
    await clock.advance(2_000);
    expect(await socket.untilClosed()).toEqual({ code: 4408, reason: "No hello within 10000 ms." });
  });

  test("P13, P14: half-open: nothing heard for 150 s closes with 4408; a ping, or anything, is a sign of life", async () => {
    const [silent, alive] = [await greeted(), await greeted()];
    for (let round = 0; round < 5; round++) {
      await clock.advance(31_000);
      expect((await alive.request("ping", {})).result).toEqual({});
    }
    expect((await silent.untilClosed()).code).toBe(4408);
    expect(alive.closed).toBeNull();
  });
});

test("P88: HEAD is answered as GET is, without the body, whatever is asked for", async () => {
  const headers = { authorization: `Bearer ${server.token}` };
  const put = await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "a blob", headers });
  const { blob } = (await put.json()) as { blob: string };
  const known = ["/healthz", "/readyz", "/v1/schema.json", `/v1/blobs/${blob}`, "/"];
  const unknown = [`/v1/blobs/${"0".repeat(64)}`, "/v1/blobs/x", "/v1/nothing", "/v1/socket", "/x.js"];
  const ask = async (path: string, method: string, more = headers as Record<string, string>) => {
    const answer = await fetch(server.url + path, { method, headers: more });
    const said = Object.fromEntries(answer.headers);
    delete said["date"];
    return { status: answer.status, headers: said, body: await answer.text() };
  };
  for (const path of [...known, ...unknown]) {
    const got = await ask(path, "GET");
    expect(got.headers["content-length"]).toBe(String(Buffer.byteLength(got.body)));
    expect({ path, ...(await ask(path, "HEAD")) }).toEqual({ path, ...got, body: "" });
  }
  expect((await ask(`/v1/blobs/${blob}`, "HEAD")).status).toBe(200);
  expect((await ask(`/v1/blobs/${blob}`, "HEAD", {})).status).toBe(401);
});

test("P14: a clock that is set to another time is nobody's silence", async () => {
  const socket = await greeted();
  for (const by of [3_600_000, -7_200_000]) {
    clock.set(by);
    await clock.advance(2_000);
    expect((await socket.request("ping", {})).result).toEqual({});
  }
  await clock.advance(149_000);
  expect(socket.closed).toBeNull();
  await clock.advance(2_000);
  expect((await socket.untilClosed()).code).toBe(4408);
});

describe("P74: the last use of a token", () => {
  const tokens = () => store.tokens("local");

  test("is known to the hour, with a write an hour at most, also of a connection that stays", async () => {
    expect((await tokens())[0]?.usedAt).toBeNull();
    const began = clock.now();
    const writes = countWrites();
    const socket = await greeted();
    await until(() => writes.length === 1);
    const ping = async (): Promise<unknown> => (await socket.request("ping", {})).result;
    for (let minutes = 0; minutes < 59; minutes++) {
      for (let part = 0; part < 2; part++) {
        await clock.advance(30_000);
        await ping();
      }
    }
    await fetch(`${server.url}/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.token}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "echo", params: {} }),
    });
    expect(writes.length).toBe(1);
    expect((await tokens())[0]?.usedAt).toBe(began);
    for (let part = 0; part < 4; part++) {
      await clock.advance(30_000);
      await ping();
    }
    await until(() => writes.length === 2);
    expect((await tokens())[0]?.usedAt).toBeGreaterThan(began + 59 * 60_000);
  });

  /** The changes of tokens from now on. */
  function countWrites(): number[] {
    const times: number[] = [];
    const change = store.changeToken.bind(store);
    store.changeToken = async (hash, what) => {
      await change(hash, what);
      times.push(what.usedAt ?? 0);
    };
    return times;
  }
});

describe("P75: files below a directory", () => {
  test("are found for a thread that is not there yet; a path that is not absolute is refused", async () => {
    const socket = await greeted();
    const { result } = await socket.request("files.find", { directory: data, text: "skein.sq" });
    expect((result as Result<"files.find">).files).toContain("skein.sqlite");
    const refused = await socket.request("files.find", { directory: "data", text: "" });
    expect(refused.error?.data).toMatchObject({ kind: "invalid", path: "params.directory" });
  });
});

describe("G6, P11: a token that ends", () => {
  const day = 24 * 3_600_000;
  const token = makeToken();
  const hello = { protocol: 1, client: { name: "raw", version: "0" }, token };

  beforeEach(async () => {
    const row = { hash: hashToken(token), user: "local", name: "a phone", createdAt: 0, usedAt: null };
    await store.addToken({ ...row, expiresAt: clock.now() + day });
  });

  test("takes its connections with it: those that said hello with it, and those that came with it", async () => {
    const socket = await RawSocket.open(server.url);
    expect((await socket.request("hello", hello)).error).toBeUndefined();
    const header = await RawSocket.open(server.url, { authorization: `Bearer ${token}` });
    expect((await header.request("hello", { ...hello, token: undefined })).error).toBeUndefined();
    const other = await greeted();
    // The day passes on the clock on the wall; nobody is silent for as long.
    clock.set(day);
    await clock.advance(2_000);
    for (const each of [socket, header]) {
      expect(await each.untilClosed()).toEqual({ code: 4401, reason: "The token has expired." });
    }
    expect(other.closed).toBeNull();
  });

  test("while it is looked up lets nobody in", async () => {
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      const socket = await RawSocket.open(server.url, headers);
      const look = store.token.bind(store);
      store.token = async (hash) => {
        const row = await look(hash);
        // It is taken back after it was read: the answer is one of the past.
        await store.removeToken(hash);
        return row;
      };
      expect((await socket.request("hello", hello)).error?.data?.kind).toBe("unauthorized");
      expect((await socket.untilClosed()).code).toBe(4401);
      store.token = look;
    }
  });
});

test("P35: a rate at which nothing would ever come is refused", async () => {
  const socket = await greeted();
  const { error } = await socket.request("subscribe", { topic: "server", maxHz: 1e-300 });
  expect(error?.data).toMatchObject({ kind: "invalid", path: "params.maxHz" });
});

test("P1: a subprotocol of another version is refused before anything; without one it is version 1", async () => {
  const offered = async (protocol: string): Promise<Response> =>
    fetch(`${server.url}/v1/socket`, {
      headers: {
        upgrade: "websocket",
        connection: "upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": protocol,
      },
    });
  const refused = await offered("skein.v9");
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({ error: { data: { kind: "unsupported" } } });
  expect((await (await greeted()).request("ping", {})).result).toEqual({});
});

test("P32: a topic that one may not read is answered like one that does not exist", async () => {
  await hub.write({
    changes: [{ topic: "thread:there", changes: [{ op: "put", kind: "thread", id: "there", value: {} }] }],
  });
  mayRead = async () => false;
  const socket = await greeted();
  for (const [method, more] of [
    ["subscribe", {}],
    ["history", { before: 10 }],
  ] as const) {
    const [there, none] = await Promise.all(
      ["there", "none"].map(async (id) => {
        const { error } = await socket.request(method, { topic: `thread:${id}`, ...more });
        return { ...error, message: error?.message.replace(id, "?") };
      }),
    );
    expect(there).toEqual(none);
    expect(there).toMatchObject({ data: { kind: "not_found" } });
  }
});

describe("a server that goes down", () => {
  test("P15: tells everyone when to come back, closes with 4503, and takes nobody new", async () => {
    const socket = await greeted();
    const stopped = gateway.stop(700);
    const told = await socket.until((message) => message.method === "draining");
    expect(told.params).toEqual({ retryAfterMs: 700 });
    expect((await socket.untilClosed()).code).toBe(4503);
    await stopped;
    expect(await RawSocket.open(server.url).catch(String)).toContain("did not open");
  });
});

describe("a connection that takes another's place", () => {
  test("P12: ends the one before with 4409", async () => {
    const before = await RawSocket.open(server.url);
    const hello = { protocol: 1, client: { name: "raw", version: "0" }, token: server.token };
    const first = await before.request("hello", hello);
    const after = await RawSocket.open(server.url);
    sockets.push(after);
    const second = await after.request("hello", { ...hello, resume: first.result!["connection"] });
    expect(second.result!["connection"]).not.toBe(first.result!["connection"]);
    expect((await before.untilClosed()).code).toBe(4409);
    expect(after.closed).toBeNull();
  });

  test("a place that is not there is no fault", async () => {
    const socket = await RawSocket.open(server.url);
    sockets.push(socket);
    const hello = { protocol: 1, client: { name: "raw", version: "0" }, token: server.token, resume: "gone" };
    expect((await socket.request("hello", hello)).error).toBeUndefined();
  });
});

describe("subscribe and unsubscribe of one topic in one batch", () => {
  const request = (id: number, method: string, topic: Topic) => ({ jsonrpc: "2.0", id, method, params: { topic } });
  const board: Topic = "board:personal";
  const touched = (): Promise<unknown> =>
    hub.write({ changes: [{ topic: board, changes: [{ op: "patch", kind: "board", id: "personal", value: {} }] }] });
  const idsOf = ({ messages }: RawSocket): unknown[] =>
    messages.map(({ id, method }) => id ?? method).filter((each) => typeof each === "number" && each > 100);

  test("P34: what comes first is answered first, and no commit follows the end", async () => {
    const socket = await greeted();
    socket.send([request(101, "subscribe", board), request(102, "unsubscribe", board)]);
    await socket.until(({ id }) => id === 101);
    await socket.until(({ id }) => id === 102);
    expect(idsOf(socket)).toEqual([101, 102]);
    const { length } = socket.messages;
    await touched();
    await socket.request("ping", {});
    expect(socket.messages.slice(length).map(({ method }) => method)).toEqual([undefined]);
  });

  test("P33: the last one counts, whichever topics come between; a refusal holds up nothing", async () => {
    const socket = await greeted();
    const none: Topic = "thread:none";
    socket.send([
      request(101, "subscribe", none),
      request(102, "unsubscribe", board),
      request(103, "subscribe", board),
      request(104, "unsubscribe", none),
      request(105, "subscribe", none),
    ]);
    for (const id of [101, 102, 103, 104, 105]) await socket.until((message) => message.id === id);
    const refused = socket.messages.filter(({ error }) => error?.data?.kind === "not_found").map(({ id }) => id);
    expect(refused).toEqual([101, 105]);
    await socket.until(({ method, params }) => method === "commit" && params?.["topic"] === board);
  });
});

describe("bounds", () => {
  test("P90: the limits in force are told in the answer to hello", async () => {
    const socket = await RawSocket.open(server.url);
    sockets.push(socket);
    const hello = await socket.request("hello", {
      protocol: 1,
      client: { name: "raw", version: "0" },
      token: server.token,
    });
    expect(hello.result).toMatchObject({ limits: DEFAULT_LIMITS, user: { id: "local", board: "personal" } });
  });

  test("P9: 50 commands a second after a burst of 200, each connection by itself", async () => {
    const [busy, calm] = [await greeted(), await greeted()];
    const echo = async (): Promise<boolean> => (await busy.request("echo", {})).error === undefined;
    const burst = await Promise.all(Array.from({ length: 201 }, echo));
    expect(burst.filter(Boolean)).toHaveLength(200);
    expect((await calm.request("echo", { value: 1 })).result).toEqual({ value: 1 });
    await clock.advance(1_000);
    const second = await Promise.all(Array.from({ length: 60 }, echo));
    // One was refused before, and what is refused counts too.
    expect(second.filter(Boolean)).toHaveLength(49);
  });

  test("P34: 256 subscriptions a connection may be made in one burst; one more is refused", async () => {
    await hub.write({
      changes: Array.from({ length: 257 }, (_, index) => ({
        topic: `thread:t${index}` as const,
        changes: [{ op: "put", kind: "thread", id: "t", value: {} }],
      })),
    });
    const socket = await greeted();
    const subscribe = async (index: number) => socket.request("subscribe", { topic: `thread:t${index}` });
    const answers = await Promise.all(Array.from({ length: 257 }, async (_, index) => subscribe(index)));
    expect(answers.slice(0, 256).every((answer) => answer.error === undefined)).toBe(true);
    expect(answers[256]!.error?.data?.kind).toBe("too_large");
  });

  test("G5, P42, P45: a timeline of large items goes out 2 MiB and then 1 MiB at a time, and all of it", async () => {
    const text = "x".repeat(256 * 1024);
    const changes = Array.from({ length: 30 }, (_, pos) => {
      return { op: "put" as const, kind: "tool", id: `t${pos}`, value: { pos, status: "completed", text } };
    });
    await hub.write({ changes: [{ topic: "thread:large", changes }] });
    mayRead = async () => true;
    const socket = await greeted();
    await socket.request("subscribe", { topic: "thread:large" });
    const { params } = await socket.until((message) => message.method === "commit");
    const snapshot = params as Commit;
    expect(snapshot.changes.map(({ id }) => id)).toEqual(["t23", "t24", "t25", "t26", "t27", "t28", "t29"]);
    const pages: string[][] = [];
    for (let before: number | null = snapshot.floor ?? 0; before !== null;) {
      const { result } = await socket.request("history", { topic: "thread:large", before });
      const page = result as Result<"history">;
      pages.unshift(page.items.map(({ id }) => id));
      before = page.before;
    }
    expect(pages.flat()).toEqual(Array.from({ length: 23 }, (_, pos) => `t${pos}`));
    expect(Math.max(...pages.map((page) => page.length))).toBe(3);
  });

  test("G5: a batch of half a million messages ends the connection at once, said hello or not", async () => {
    const batch = `[${"1,".repeat(500_000)}1]`;
    const stranger = await RawSocket.open(server.url);
    stranger.send(batch);
    expect((await stranger.untilClosed()).code).toBe(4429);
    const known = await greeted();
    known.send(batch);
    expect((await known.untilClosed()).code).toBe(4429);
    const answer = await fetch(`${server.url}/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.token}` },
      body: batch,
    });
    expect(answer.status).toBe(413);
  });

  test("G5: of one connection's requests 32 are carried out at a time, and all are answered", async () => {
    await gateway.stop(0);
    let most = 0;
    const waiting: (() => void)[] = [];
    mayRead = () => {
      most = Math.max(most, waiting.length + 1);
      return new Promise((resolve) => waiting.push(() => resolve(true)));
    };
    await open();
    const raw = await greeted();
    const ask = (id: number) => ({
      jsonrpc: "2.0",
      id,
      method: "history",
      params: { topic: "board:personal", before: 0 },
    });
    raw.send(Array.from({ length: 100 }, (_, index) => ask(1000 + index)));
    for (let answered = 0; answered < 100; answered++) {
      await until(() => waiting.length > 0);
      waiting.shift()?.();
    }
    await raw.until((message) => message.id === 1099);
    expect(most).toBe(32);
  });

  test("G5, P80: a batch over HTTP is answered until its answers have over 8 MiB; what is left is busy, without effect", async () => {
    const value = { pos: 0, status: "completed", text: "x".repeat(1000 * 1024) };
    await hub.write({ changes: [{ topic: "thread:large", changes: [{ op: "put", kind: "tool", id: "t", value }] }] });
    mayRead = async () => true;
    const history = { method: "history", params: { topic: "thread:large", before: 1 } };
    const rename = { method: "thread.rename", params: { key: "a-key-of-mine", thread: "large", title: "x" } };
    const asked = [...Array.from({ length: 60 }, () => history), rename];
    const answers = await batch(asked);
    const answered = answers.filter(({ result }) => result !== undefined);
    // All that fit, and what was under way by then.
    expect(answered.length).toBeGreaterThan(8);
    expect(answered.length).toBeLessThanOrEqual(8 + 8);
    expect(answers.at(-1)?.error?.data).toEqual({ kind: "busy", retry: "later", retryAfterMs: 0 });
    expect(commands).toEqual([]);
  });

  test("G5, P80: of a batch's requests 8 are carried out at a time, in their order, and all are answered", async () => {
    let underWay = 0;
    let most = 0;
    command = async (_principal, name, { title }) => {
      commands.push(`${name} ${String(title)}`);
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return { title };
    };
    const titles = Array.from({ length: 100 }, (_, index) => `title ${index}`);
    const rename = (title: string) => ({
      method: "thread.rename",
      params: { key: `a key of ${title}`, thread: "t", title },
    });
    const answers = await batch(titles.map(rename));
    expect(answers.map(({ result }) => result)).toEqual(titles.map((title) => ({ title })));
    expect(commands).toEqual(titles.map((title) => `thread.rename ${title}`));
    expect(most).toBe(8);
  });

  test("G5, P81: an upload is on the disk as it comes; of one that is given up or too large nothing is left", async () => {
    const made = join(data, "blobs", "new");
    const sizeOf = (name: string) => statSync(join(made, name), { throwIfNoEntry: false })?.size ?? [];
    const onDisk = () => (existsSync(made) ? readdirSync(made).flatMap(sizeOf) : []);
    const begin = async (headers: string, bytes: Uint8Array): Promise<{ socket: Socket; answer: () => string }> => {
      let answer = "";
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.on("data", (chunk) => (answer += chunk.toString()));
      const head = `PUT /v1/blobs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.token}\r\n`;
      socket.write(`${head}${headers}\r\n\r\n`);
      socket.write(bytes);
      return { socket, answer: () => answer };
    };
    const half = new Uint8Array(3 * 1024 * 1024).fill(120);
    const whole = await begin(`Content-Length: ${half.byteLength + 3}`, half);
    await until(() => onDisk()[0] === half.byteLength);
    whole.socket.write("end");
    await until(() => whole.answer().includes("}"));
    const name = new Bun.CryptoHasher("sha256").update(half).update("end").digest("hex");
    expect(whole.answer()).toContain(JSON.stringify({ blob: name, bytes: half.byteLength + 3 }));
    whole.socket.destroy();
    expect(onDisk()).toEqual([]);

    const givenUp = await begin(`Content-Length: ${half.byteLength + 3}`, half);
    await until(() => onDisk()[0] === half.byteLength);
    givenUp.socket.destroy();
    await until(() => onDisk().length === 0);

    const chunk = `${half.byteLength.toString(16)}\r\n`;
    const endless = await begin("Transfer-Encoding: chunked", new TextEncoder().encode(chunk));
    endless.socket.on("error", () => {});
    for (let sent = 0; sent < 7; sent++) endless.socket.write(Buffer.concat([half, Buffer.from(`\r\n${chunk}`)]));
    await until(() => endless.answer().includes("too_large"));
    expect(endless.answer()).toStartWith("HTTP/1.1 413");
    await until(() => onDisk().length === 0);
    endless.socket.destroy();
  });

  test("G5, P9: of what waits four times a frame's bound is kept; who sends more is closed with 4429", async () => {
    await gateway.stop(0);
    const waiting: (() => void)[] = [];
    mayRead = () => new Promise((resolve) => waiting.push(() => resolve(true)));
    await open();
    const topic = { topic: "board:personal", before: 0 };
    const held = Array.from({ length: 32 }, (_, id) => ({ jsonrpc: "2.0", id, method: "history", params: topic }));
    const large = (id: number) => ({ jsonrpc: "2.0", id, method: "echo", params: { value: "x".repeat(1024 * 1023) } });
    const patient = await greeted();
    patient.send(held);
    for (let id = 100; id < 104; id++) patient.send(large(id));
    await until(() => waiting.length === 32);
    const hasty = await greeted();
    hasty.send(held);
    for (let id = 100; id < 105; id++) hasty.send(large(id));
    expect(await hasty.untilClosed()).toEqual({
      code: 4429,
      reason: "More than 4194304 bytes of this connection wait to be dealt with.",
    });
    for (const go of waiting) go();
    for (let id = 100; id < 104; id++)
      await patient.until((message) => message.id === id && message.result !== undefined);
    // What was dealt with counts no more.
    for (let id = 200; id < 208; id++) patient.send(large(id));
    await patient.until((message) => message.id === 207);
    expect(patient.closed).toBeNull();
  });
});
