import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import type { RunningServer } from "../cli/context.ts";
import { startServer } from "../server.ts";

let data = "";
let server: RunningServer;
let client: SkeinClient;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-doors-"));
  server = await startServer({ host: "127.0.0.1", port: 0, data, durability: "normal", allowHosts: [] });
  client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  await client.ready();
});

afterAll(async () => {
  await client.close();
  await server.stop();
  await rm(data, { recursive: true });
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, { method: "POST", body: JSON.stringify(body), headers: { origin: server.url, ...headers } });

/** Pairs a browser that calls itself so. @returns its cookie. */
async function pair(name: string): Promise<string> {
  const { code } = await client.query("token.pair", {});
  const answer = await post("/v1/pair", { code, name });
  expect(answer.status).toBe(200);
  return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

const rpc = async (method: string, params: unknown, headers: Record<string, string>): Promise<unknown> =>
  (await post("/v1/rpc", { jsonrpc: "2.0", id: 1, method, params }, headers)).json();

/** Opens a socket as a page would; resolves with the first frame, or the code it was closed with. */
function greet(headers: Record<string, string>): Promise<{ socket: WebSocket; first: unknown }> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/v1/socket`, { headers } as never);
  return new Promise((resolve) => {
    socket.onopen = () => {
      const params = { protocol: 1, client: { name: "test", version: "0" } };
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "hello", params }));
    };
    socket.onmessage = ({ data: frame }) => resolve({ socket, first: JSON.parse(String(frame)) });
    socket.onclose = ({ code }) => resolve({ socket, first: code });
  });
}

const closed = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });

describe("P83: pairing", () => {
  test("a code gives a cookie that opens sockets and answers requests", async () => {
    const cookie = await pair("Firefox on Linux");
    const { socket, first } = await greet({ cookie, origin: server.url });
    expect(first).toMatchObject({ result: { user: { id: "local" } } });
    expect(await rpc("echo", { value: 1 }, { cookie })).toMatchObject({ result: { value: 1 } });
    socket.close();
  });

  test("a used code lets nobody in, and gives no cookie", async () => {
    const { code } = await client.query("token.pair", {});
    expect((await post("/v1/pair", { code })).status).toBe(200);
    const again = await post("/v1/pair", { code });
    expect(again.status).toBe(401);
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  test("a page of another site, and a program without a page, may not pair", async () => {
    const { code } = await client.query("token.pair", {});
    expect((await post("/v1/pair", { code }, { origin: "http://evil.example" })).status).toBe(403);
    const program = await fetch(`${server.url}/v1/pair`, { method: "POST", body: JSON.stringify({ code }) });
    expect(program.status).toBe(403);
    expect((await post("/v1/pair", { code })).status).toBe(200);
  });

  test("a body that makes no sense is refused with where the fault is", async () => {
    expect((await post("/v1/pair", { name: "no code" })).status).toBe(400);
    expect((await fetch(`${server.url}/v1/pair`, { method: "POST", body: "{" })).status).toBe(400);
    expect((await fetch(`${server.url}/v1/pair`)).status).toBe(405);
  });

  test("a link has its code in the fragment, which no server sees", () => {
    const link = new URL(server.pairingLink(server.url));
    expect(link.pathname + link.search).toBe("/pair");
    expect(link.hash).toMatch(/^#[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  });
});

describe("P84: a cookie counts for the server's own pages only", () => {
  let cookie = "";
  beforeEach(async () => void (cookie = await pair("Chrome")));

  test("a request without Origin is nobody's", async () => {
    const answer = await fetch(`${server.url}/v1/rpc`, {
      method: "POST",
      headers: { cookie },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "echo", params: {} }),
    });
    expect(answer.status).toBe(401);
  });

  test("a page of another port of this machine is refused", async () => {
    expect((await post("/v1/rpc", {}, { cookie, origin: "http://127.0.0.1:1" })).status).toBe(403);
  });

  test("a socket without Origin is nobody's", async () => {
    const { first } = await greet({ cookie });
    expect(first).toMatchObject({ error: { data: { kind: "unauthorized" } } });
  });
});

describe("P74: tokens are listed and taken back", () => {
  const idOf = async (name: string): Promise<string> => {
    const { tokens } = await client.query("token.list", {});
    return tokens.find((token) => token.name === name)?.id ?? "";
  };

  test("the list says what each is called, which is one's own, and tells nothing of what is secret", async () => {
    const cookie = await pair("Safari on iPhone");
    const { tokens } = await client.query("token.list", {});
    expect(tokens.find(({ current }) => current)?.connections).toBe(1);
    expect(tokens.find(({ name }) => name === "Safari on iPhone")).toMatchObject({ connections: 0, current: false });
    const secret = cookie.split("=")[1] ?? "";
    expect(secret).toStartWith("skn_");
    expect(JSON.stringify(tokens)).not.toContain(secret.slice(4, 20));
  });

  test("G6: revoking one closes its connections with 4401, and it lets nobody in again", async () => {
    const cookie = await pair("A lost phone");
    const { socket } = await greet({ cookie, origin: server.url });
    const end = closed(socket);
    await client.query("token.revoke", { token: await idOf("A lost phone") });
    expect(await end).toBe(4401);
    expect((await post("/v1/rpc", {}, { cookie })).status).toBe(401);
    const { first } = await greet({ cookie, origin: server.url });
    expect(first).toMatchObject({ error: { data: { kind: "unauthorized" } } });
  });

  test("one that is called something else is listed so; what is not one's own is not found", async () => {
    await pair("Chrome on Linux");
    const token = await idOf("Chrome on Linux");
    await client.query("token.rename", { token, name: "  The kitchen's tablet " });
    expect(await idOf("The kitchen's tablet")).toBe(token);
    const refusal = (params: { token: string; name: string }): Promise<unknown> =>
      client.query("token.rename", params).catch((error: unknown) => error);
    expect(await refusal({ token: "0123456789abcdef", name: "x" })).toMatchObject({ kind: "not_found" });
    expect(await refusal({ token, name: " " })).toMatchObject({ kind: "invalid" });
  });

  test("revoking twice, or what is not there, is harmless", async () => {
    await pair("Twice");
    const token = await idOf("Twice");
    expect(await client.query("token.revoke", { token })).toEqual({});
    expect(await client.query("token.revoke", { token })).toEqual({});
  });

  test("P85: signing out ends the cookie, its token and its connections", async () => {
    const cookie = await pair("Signed out");
    const { socket } = await greet({ cookie, origin: server.url });
    const end = closed(socket);
    const answer = await post("/v1/sign-out", {}, { cookie });
    expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(await end).toBe(4401);
    expect(await idOf("Signed out")).toBe("");
  });
});
