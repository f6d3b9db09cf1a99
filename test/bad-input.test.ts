import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { RawSocket, type Message } from "./support/raw-socket.ts";
import { ServerProcess } from "./support/server-process.ts";

/** Bad input gets a clear error, which goes only to who caused it; the others notice nothing. */
let server: ServerProcess;
let bystander: RawSocket;

beforeAll(async () => {
  server = await ServerProcess.start();
  bystander = await RawSocket.greeted(server);
  const subscribed = await bystander.request("subscribe", { topic: "board:personal" });
  expect(subscribed.result).toMatchObject({ head: 1 });
  await bystander.until((message) => message.method === "commit");
});

afterAll(async () => {
  const before = bystander.messages.length;
  const echo = await bystander.request("echo", { value: "still here" });
  expect(echo.result).toEqual({ value: "still here" });
  expect(bystander.messages.slice(0, before).every((message) => message.error === undefined)).toBe(true);
  bystander.close();
  expect(await server.end("SIGTERM")).toBe(0);
  expect(server.stderr).toBe("");
  await server.dispose();
});

const HELLO = { protocol: 1, client: { name: "raw", version: "0" } };
const isError = (message: Message): boolean => message.error !== undefined;

describe("before hello", () => {
  test("P10: another request first is refused and closes with 4400", async () => {
    const raw = await RawSocket.open(server.url);
    raw.send({ jsonrpc: "2.0", id: 1, method: "subscribe", params: { topic: "board:personal" } });
    expect((await raw.until(isError)).error).toMatchObject({ data: { kind: "unauthorized" } });
    expect((await raw.untilClosed()).code).toBe(4400);
  });

  test("P5, P10: a notification first closes with 4400, and is not answered", async () => {
    const raw = await RawSocket.open(server.url);
    raw.send({ jsonrpc: "2.0", method: "ping" });
    expect((await raw.untilClosed()).code).toBe(4400);
    expect(raw.messages).toEqual([]);
  });

  test.each([
    ["no token", {}],
    ["a wrong token", { token: "wrong" }],
  ])("%s is refused with where to find the right one, and closes with 4401", async (_name, more) => {
    const raw = await RawSocket.open(server.url);
    raw.send({ jsonrpc: "2.0", id: 1, method: "hello", params: { ...HELLO, ...more } });
    const refused = await raw.until(isError);
    expect(refused.error?.data).toMatchObject({ kind: "unauthorized", retry: "never", path: "params.token" });
    expect(refused.error?.message).toContain("data directory");
    expect((await raw.untilClosed()).code).toBe(4401);
  });

  test("P1: another protocol version is told which this server speaks", async () => {
    const raw = await RawSocket.open(server.url);
    raw.send({ jsonrpc: "2.0", id: 1, method: "hello", params: { ...HELLO, protocol: 99, token: server.token } });
    expect((await raw.until(isError)).error?.data).toMatchObject({ kind: "unsupported", detail: { supported: [1] } });
    expect((await raw.untilClosed()).code).toBe(4400);
  });

  test("P10: hello and subscriptions may come in one batch", async () => {
    const raw = await RawSocket.open(server.url);
    raw.send([
      { jsonrpc: "2.0", id: 1, method: "hello", params: { ...HELLO, token: server.token } },
      { jsonrpc: "2.0", id: 2, method: "subscribe", params: { topic: "board:personal" } },
      { jsonrpc: "2.0", id: 3, method: "subscribe", params: { topic: "server" } },
    ]);
    await raw.until((message) => message.id === 3);
    expect(raw.messages.filter((message) => message.id !== undefined).map((message) => message.error)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    raw.close();
  });

  test("P11, L31: a token in an address counts for nothing", async () => {
    for (const name of ["token", "access_token", "authorization"]) {
      const raw = await RawSocket.open(server.url, {}, `?${name}=${server.token}`);
      raw.send({ jsonrpc: "2.0", id: 1, method: "hello", params: HELLO });
      expect((await raw.untilClosed()).code).toBe(4401);
      const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
      const rpc = await fetch(`${server.url}/v1/rpc?${name}=${server.token}`, { method: "POST", body: ping });
      expect(rpc.status).toBe(401);
    }
  });

  test("P5, L12: an answer goes to its asker alone", async () => {
    const raw = await RawSocket.greeted(server);
    const before = bystander.frames;
    expect((await raw.request("echo", { value: "mine" })).result).toEqual({ value: "mine" });
    expect((await bystander.request("echo", { value: "theirs" })).result).toEqual({ value: "theirs" });
    expect(bystander.frames).toBe(before + 1);
    raw.close();
  });

  test("P11: a foreign page is refused before anything, and so is a name that was rebound", async () => {
    const foreign = await fetch(`${server.url}/v1/rpc`, { method: "POST", headers: { origin: "http://evil.example" } });
    expect(foreign.status).toBe(403);
    const rebound = await rawHttp(
      server.url,
      "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    );
    expect(rebound).toStartWith("HTTP/1.1 403");
    expect(rebound).toContain("--allow-host evil.example");
    const socket = await RawSocket.open(server.url, { origin: "http://evil.example" });
    expect((await socket.untilClosed()).code).toBe(4403);
    expect(socket.messages).toEqual([]);
  });
});

describe("frames", () => {
  test.each([
    ["no JSON", "{nope"],
    ["an empty batch", "[]"],
    ["a number", "42"],
    ["no version", '{"id":1,"method":"ping"}'],
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    ["neither method nor result", '{"jsonrpc":"2.0","id":1}'],
    ["an id that is an object", '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
    ["deep nesting", "[".repeat(50_000)],
  ])("%s is answered with an error that says what is wrong", async (_name, frame) => {
    const raw = await RawSocket.greeted(server);
    raw.send(frame);
    const answer = await raw.until(isError);
    expect(answer.error?.data).toMatchObject({ kind: "invalid", retry: "never" });
    expect(answer.error?.message.length).toBeGreaterThan(15);
    expect((await raw.request("ping", {})).result).toEqual({});
    raw.close();
  });

  test("P7: five malformed ones in a row close with 4400; a good one between starts the count anew", async () => {
    const raw = await RawSocket.greeted(server);
    for (let index = 0; index < 4; index++) raw.send("{");
    expect((await raw.request("ping", {})).result).toEqual({});
    for (let index = 0; index < 5; index++) raw.send("{");
    expect((await raw.untilClosed()).code).toBe(4400);
    expect(raw.messages.filter(isError)).toHaveLength(9);
  });

  test("P3, P5: notifications are not answered: not an unknown one, nor a method without an id", async () => {
    const raw = await RawSocket.greeted(server);
    const before = raw.messages.length;
    const rename = { key: "a-key-of-none", thread: 7 };
    raw.send({ jsonrpc: "2.0", method: "presence", params: { at: 1 } });
    raw.send({ jsonrpc: "2.0", method: "thread.rename", params: rename });
    raw.send([
      { jsonrpc: "2.0", method: "subscribe", params: { topic: "server" } },
      { jsonrpc: "2.0", method: "later.version" },
      { jsonrpc: "2.0", id: "only", method: "echo", params: { value: 1 } },
    ]);
    await raw.until((message) => message.id === "only");
    expect((await raw.request("ping", {})).result).toEqual({});
    expect(raw.messages.slice(before).map((message) => message.result)).toEqual([{ value: 1 }, {}]);
    // Nor do they count as malformed: that is for what is no JSON-RPC message, and is answered.
    for (let index = 0; index < 10; index++) raw.send({ jsonrpc: "2.0", method: "later.version" });
    expect((await raw.request("ping", {})).result).toEqual({});
    for (let index = 0; index < 5; index++) raw.send({ jsonrpc: "2.0", method: 7 });
    expect((await raw.untilClosed()).code).toBe(4400);
    const refused = raw.messages.filter(isError);
    expect(refused.map(({ id, error }) => [id, error?.data?.kind])).toEqual(
      Array.from({ length: 5 }, () => [null, "invalid"]),
    );
  });

  test.each([
    ["an unknown method", "thread.explode", {}, "unsupported", undefined],
    ["a name of Object's", "toString", {}, "unsupported", undefined],
    ["a missing member", "thread.prompt", { key: "12345678", text: "x" }, "invalid", "params.thread"],
    ["a wrong type", "thread.prompt", { key: "12345678", thread: 7, text: "x" }, "invalid", "params.thread"],
    ["no params", "subscribe", undefined, "invalid", "params"],
    ["params that are a list", "subscribe", [1], "invalid", "params"],
    ["a topic that is none", "subscribe", { topic: "thread:../../etc" }, "invalid", "params.topic"],
    ["a topic that is not there", "subscribe", { topic: "thread:nothere" }, "not_found", "params.topic"],
    ["a negative window", "subscribe", { topic: "server", window: -1 }, "invalid", "params.window"],
    ["a second hello", "hello", HELLO, "invalid", undefined],
    [
      "a thread that is not there",
      "thread.prompt",
      { key: "12345678", thread: "nothere", text: "x" },
      "not_found",
      undefined,
    ],
    [
      "an agent that is not known",
      "thread.create",
      { key: "a-key-of-one", agent: "nobody", cwd: "/" },
      "not_found",
      undefined,
    ],
    [
      "a directory that is not there",
      "thread.create",
      { key: "a-key-of-two", agent: "demo", cwd: "/no/such" },
      undefined,
      undefined,
    ],
    ["a relative directory", "thread.create", { key: "a-key-of-three", agent: "demo", cwd: "x" }, "invalid", undefined],
  ])("%s gets an error that names it", async (_name, method, params, kind, path) => {
    const raw = await RawSocket.greeted(server);
    const { error } = await raw.request(method, params);
    if (kind) expect(error?.data?.kind).toBe(kind);
    expect(error?.data?.retry).toBe("never");
    if (path) expect(error?.data?.["path"]).toBe(path);
    raw.close();
  });

  test("P6: an oversize frame is answered, and closes with 4413", async () => {
    const raw = await RawSocket.greeted(server);
    raw.send({ jsonrpc: "2.0", id: 1, method: "echo", params: { value: "x".repeat(1024 * 1024) } });
    expect((await raw.until(isError)).error?.data).toMatchObject({ kind: "too_large" });
    expect((await raw.untilClosed()).code).toBe(4413);
  });

  test("a frame of 64 MiB ends the connection and costs nobody anything", async () => {
    const raw = await RawSocket.greeted(server);
    raw.send("x".repeat(64 * 1024 * 1024));
    expect([1006, 1009, 4413]).toContain((await raw.untilClosed()).code);
  });

  test("P6: one of more than four times the bound is not read, and closes with 1009", async () => {
    const raw = await RawSocket.greeted(server);
    raw.send("x".repeat(4 * 1024 * 1024 + 1));
    expect((await raw.untilClosed()).code).toBe(1009);
    expect(raw.messages.filter(isError)).toEqual([]);
  });

  test("P4: binary frames are read as the text they hold", async () => {
    const raw = await RawSocket.greeted(server);
    raw.socket.send(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: "b", method: "ping" })));
    expect((await raw.until((message) => message.id === "b")).result).toEqual({});
    raw.close();
  });

  test("P9: a flood is told to slow down, then closed with 4429", async () => {
    const raw = await RawSocket.greeted(server);
    for (let id = 0; id < 300; id++) raw.send({ jsonrpc: "2.0", id: `f${id}`, method: "echo", params: { value: id } });
    const refused = await raw.until(isError);
    expect(refused.error?.data).toMatchObject({ kind: "rate_limited", retry: "later" });
    expect(refused.error?.data?.["retryAfterMs"]).toBeGreaterThan(0);
    while (raw.closed === null && raw.messages.length < 20_000) {
      for (let id = 0; id < 200; id++) raw.send({ jsonrpc: "2.0", id: `g${id}`, method: "echo", params: {} });
      await raw.request("ping", {}).catch(() => {});
    }
    expect((await raw.untilClosed()).code).toBe(4429);
  });
});

describe("HTTP", () => {
  const post = async (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/v1/rpc`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${server.token}`, ...headers },
    });

  test("P80: the same methods, one or a batch of them", async () => {
    const one = await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "echo", params: { value: "a" } }));
    expect(await one.json()).toEqual({ jsonrpc: "2.0", id: 1, result: { value: "a" } });
    const both = await post(
      JSON.stringify([
        { jsonrpc: "2.0", id: 1, method: "ping" },
        { jsonrpc: "2.0", id: 2, method: "nope" },
      ]),
    );
    expect(await both.json()).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { data: { kind: "unsupported" } } },
    ]);
  });

  test.each([
    ["no token", "{}", { authorization: "" }, 401, "unauthorized"],
    ["a wrong token", "{}", { authorization: "Bearer nope" }, 401, "unauthorized"],
    ["no JSON", "{", {}, 400, "invalid"],
    ["no UTF-8", new Uint8Array([0xff, 0xfe]), {}, 400, "invalid"],
    ["an oversize body", "x".repeat(1024 * 1024 + 1), {}, 413, "too_large"],
  ])("%s is refused", async (_name, body, headers, status, kind) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { data: { kind } } });
  });

  test("P91: a message nested too deep is answered under its id, and takes nothing of its batch with it", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const echo = (id: number, value: string): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"echo","params":{"value":${value}}}`;
    const refused = { error: { data: { kind: "invalid", retry: "never", path: "params.value" } } };
    const raw = await RawSocket.greeted(server);
    raw.send(echo(71, deep));
    expect(await raw.until((message) => message.id === 71)).toMatchObject(refused);
    raw.close();
    const fits = "[".repeat(254) + "]".repeat(254);
    const response = await post(`[${echo(1, deep)},${echo(2, fits)},${echo(3, `[${fits}]`)}]`, {});
    expect(await response.json()).toMatchObject([
      { id: 1, ...refused },
      { id: 2, result: { value: JSON.parse(fits) as unknown } },
      { id: 3, ...refused },
    ]);
  });

  test("P7, P80: what is no JSON-RPC is answered under its id, where it has one", async () => {
    const faulty = [{ id: 7, metho: "x" }, { jsonrpc: "2.0", id: "a" }, { jsonrpc: "2.0", id: {}, method: "ping" }, 42];
    const answers = (await (await post(JSON.stringify(faulty))).json()) as { id: unknown; error: unknown }[];
    expect(answers.map(({ id }) => id)).toEqual([7, "a", null, null]);
    for (const { error } of answers) expect(error).toMatchObject({ data: { kind: "invalid" } });
    const one = await post(JSON.stringify(faulty[0]));
    expect(await one.json()).toMatchObject({ id: 7, error: { data: { kind: "invalid" } } });
  });

  test("P80, P81: a body beyond every bound is refused with the reason, also one that does not say its length", async () => {
    const authorization = `Bearer ${server.token}`;
    const bytes = new Uint8Array(21 * 1024 * 1024);
    for (const path of ["/v1/rpc", "/v1/blobs"]) {
      const method = path === "/v1/rpc" ? "POST" : "PUT";
      for (const body of [() => bytes, () => new Blob([bytes]).stream()]) {
        const response = await fetch(server.url + path, { method, body: body(), headers: { authorization } });
        expect(response.status).toBe(413);
        expect(await response.json()).toMatchObject({ id: null, error: { data: { kind: "too_large" } } });
      }
    }
  });

  test("P80: a subscription is told that it needs a socket; a path that is not there is told so", async () => {
    const answer = await post(
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "subscribe", params: { topic: "server" } }),
    );
    expect(await answer.json()).toMatchObject({ error: { data: { kind: "unsupported" } } });
    expect((await fetch(`${server.url}/v1/nope`)).status).toBe(404);
    const get = await fetch(`${server.url}/v1/rpc`);
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("P56, P81: blobs: what is put can be got, by its hash alone, and runs as nobody's page", async () => {
    const authorization = `Bearer ${server.token}`;
    const put = await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "<script>", headers: { authorization } });
    expect(put.status).toBe(201);
    const { blob } = (await put.json()) as { blob: string };
    const got = await fetch(`${server.url}/v1/blobs/${blob}`, { headers: { authorization } });
    expect(await got.text()).toBe("<script>");
    expect(got.headers.get("content-disposition")).toStartWith("attachment");
    expect(got.headers.get("content-security-policy")).toContain("sandbox");
    expect((await fetch(`${server.url}/v1/blobs/${blob}`)).status).toBe(401);
    for (const name of ["..%2Ftoken", "%2e%2e/token", "a".repeat(64), ""]) {
      expect((await fetch(`${server.url}/v1/blobs/${name}`, { headers: { authorization } })).status).toBeOneOf([
        400, 404,
      ]);
    }
  });

  test("P82: health is told to anyone on this machine", async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toMatchObject({ ok: true });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const schema = (await (await fetch(`${server.url}/v1/schema.json`)).json()) as { methods: object };
    expect(Object.keys(schema.methods)).toContain("thread.prompt");
  });
});

/** Sends bytes as they are, and resolves with all that comes back. */
async function rawHttp(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}
