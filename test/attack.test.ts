import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { RawSocket } from "./support/raw-socket.ts";
import { scriptedAgent, type Step } from "./support/scripted-agent.ts";
import { ServerProcess } from "./support/server-process.ts";

/** What people without a token may try against a server. */
const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

const HALF_REQUESTS = join(import.meta.dir, "support", "half-requests.process.ts");

/** Opens that many connections, each with half a request, and keeps at it; resolves once it has begun. */
async function attackWith(connections: number, url: string): Promise<void> {
  const child = Bun.spawn([process.execPath, HALF_REQUESTS, new URL(url).port, String(connections)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  cleanUp.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
  });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toContain("tried");
}

async function connected(server: ServerProcess): Promise<SkeinClient> {
  const client = new SkeinClient({ url: server.url, token: server.token });
  cleanUp.push(async () => client.close());
  client.connect();
  await client.ready();
  return client;
}

/** Asks an agent, and resolves with how the turn ended and all that the agent said. */
async function turnOf(client: SkeinClient, prompt: string): Promise<{ status: string; said: string }> {
  const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd: tmpdir() });
  const watch = client.watch(threadTopic(thread));
  await watch.ready();
  const { turn } = await client.command("thread.prompt", { thread, text: prompt });
  const status = (): string => watch.replica.get("turn", turn)?.status ?? "queued";
  await new Promise<void>((resolve) => {
    const look = (): void => void (["queued", "running"].includes(status()) || resolve());
    watch.onChange(look);
    look();
  });
  const answers = [...watch.replica.all("message").values()].filter(({ role }) => role === "assistant");
  const said = answers.map(({ text }) => text).join("");
  watch.release();
  return { status: status(), said };
}

test.skipIf(process.platform !== "linux")(
  "L35: half requests up to the descriptor limit end nothing: agents go on, and people come in",
  async () => {
    const server = await ServerProcess.start({}, { descriptors: 256 });
    cleanUp.push(async () => server.dispose());
    const client = await connected(server);
    const words = Array.from({ length: 1_500 }, (_, index) => `${index} `);
    const steps = words.flatMap((text): Step[] => [{ text }, { wait: 2 }]);
    const streamed = turnOf(client, JSON.stringify(steps));
    await attackWith(600, server.url);
    // While it goes on: somebody else signs in, uploads, and starts an agent.
    const other = await connected(server);
    // Between a burst and the next look there may be no descriptor for it: what failed for that is asked for again.
    const headers = { authorization: `Bearer ${server.token}` };
    const put = async (): Promise<number> =>
      (await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "a picture", headers })).status;
    while ((await put()) !== 201);
    let turn = await turnOf(other, "hello");
    while (turn.status === "failed") turn = await turnOf(other, "hello");
    expect(turn).toEqual({ status: "done", said: "You said: hello" });
    expect(await streamed).toEqual({ status: "done", said: words.join("") });
    expect(client.status.state).toBe("live");
    expect(await server.end("SIGTERM")).toBe(0);
  },
  120_000,
);

test.skipIf(process.platform !== "linux")(
  "L35: near the descriptor limit who comes new is told to come later; who is there goes on",
  async () => {
    const server = await ServerProcess.start({}, { descriptors: 160 });
    cleanUp.push(async () => server.dispose());
    const client = await connected(server);
    const headers = { authorization: `Bearer ${server.token}` };
    const sockets: RawSocket[] = [];
    cleanUp.push(() => sockets.forEach((socket) => socket.close()));
    const refused = async (): Promise<boolean> => (await fetch(server.url)).status === 503;
    for (let isFull = false; !isFull;) {
      expect(sockets.length).toBeLessThan(160);
      await RawSocket.greeted(server).then(
        (socket) => sockets.push(socket),
        () => (isFull = true),
      );
    }
    expect(await refused()).toBe(true);
    const upgrade = await fetch(`${server.url}/v1/socket`, { headers });
    expect([upgrade.status, upgrade.headers.get("retry-after")]).toEqual([503, "5"]);
    expect((await fetch(`${server.url}/v1/schema.json`, { headers })).status).toBe(200);
    expect(await turnOf(client, "hello")).toEqual({ status: "done", said: "You said: hello" });
    for (const socket of sockets) expect((await socket.request("ping", {})).result).toEqual({});
    for (const socket of sockets.splice(0)) socket.close();
    while (await refused()) await Bun.sleep(20);
  },
  60_000,
);

/** Says something over a bare connection, part after part; resolves with the answer's first line. */
async function saying(url: string, parts: readonly (string | (() => Promise<unknown>))[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.once("data", (bytes) => resolve(bytes.toString().split("\r\n")[0] ?? ""));
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("The connection ended without an answer.")));
  for (const part of parts) {
    if (typeof part === "string") socket.write(part);
    else await part();
  }
  const line = await promise;
  socket.destroy();
  return line;
}

describe("what a stranger sends is not shown to the person who runs the server", () => {
  const shown = "\u001b]0;owned\u0007".repeat(20);
  const failure = JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: 1, message: shown } });

  test("L36, P10: an error before hello ends the connection, and is written nowhere", async () => {
    const server = await ServerProcess.start();
    cleanUp.push(async () => server.dispose());
    const raw = await RawSocket.open(server.url);
    raw.send(failure);
    expect((await raw.untilClosed()).code).toBe(4400);
    expect(server.stderr).toBe("");
  });

  test("L36, P9: answers to what nobody asked, and notifications, are counted like all messages", async () => {
    const server = await ServerProcess.start();
    cleanUp.push(async () => server.dispose());
    for (const message of [failure, JSON.stringify({ jsonrpc: "2.0", method: "none" })]) {
      const raw = await RawSocket.greeted(server);
      for (let sent = 0; sent < 10_000; sent++) raw.send(message);
      expect((await raw.untilClosed()).code).toBe(4429);
    }
    expect(server.stderr).toBe("");
  });

  test.each([
    ["a host with a path", "GET / HTTP/1.1\r\nHost: 127.0.0.1/x\r\n\r\n"],
    ["a host with a query", "GET / HTTP/1.1\r\nHost: 127.0.0.1?x\r\n\r\n"],
    ["somebody at a host", "GET / HTTP/1.1\r\nHost: a@127.0.0.1\r\n\r\n"],
    ["CONNECT", "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"],
    ["CONNECT to nowhere", "CONNECT / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
  ])("%s is refused, and is no fault of the server's", async (_name, request) => {
    const server = await ServerProcess.start();
    cleanUp.push(async () => server.dispose());
    expect(await saying(server.url, [request])).toMatch(/^HTTP\/1.1 4\d\d/);
    expect(server.stderr).toBe("");
  });
});

describe("a request whose body takes its time", () => {
  test("P81: a picture comes through at a kilobyte a second", async () => {
    const server = await ServerProcess.start();
    cleanUp.push(async () => server.dispose());
    const seconds = 16;
    const head = `PUT /v1/blobs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.token}\r\nContent-Length: ${seconds * 1024}\r\n\r\n`;
    const parts = Array.from({ length: seconds }, () => ["x".repeat(1024), async () => Bun.sleep(1000)]);
    expect(await saying(server.url, [head, ...parts.flat()])).toBe("HTTP/1.1 201 Created");
  }, 60_000);

  test("G6, P74: of a token that is taken back meanwhile nothing is carried out or kept", async () => {
    const server = await ServerProcess.start();
    cleanUp.push(async () => server.dispose());
    const client = await connected(server);
    const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd: tmpdir() });
    const { token, revoke } = await pairedToken(client, server.url);
    const params = { key: "a-key-of-mine", thread, title: "stolen" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "thread.rename", params });
    const head = (method: string): string =>
      `${method} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const [half, rest] = [body.slice(0, 20), body.slice(20)];
    const begun = async (): Promise<unknown> => Bun.sleep(300);
    const answers = [head("POST /v1/rpc"), head("PUT /v1/blobs")].map(async (start) =>
      saying(server.url, [start + half, begun, revoke, rest]),
    );
    for (const answer of await Promise.all(answers)) expect(answer).toBe("HTTP/1.1 401 Unauthorized");
    const { threads } = await client.query("threads.list", {});
    expect(threads.map(({ title }) => title)).not.toContain("stolen");
    const blob = new Bun.CryptoHasher("sha256").update(body).digest("hex");
    const headers = { authorization: `Bearer ${server.token}` };
    expect((await fetch(`${server.url}/v1/blobs/${blob}`, { headers })).status).toBe(404);
  });
});

/** A token of another device, and how to take it back. */
async function pairedToken(
  client: SkeinClient,
  url: string,
): Promise<{ token: string; revoke: () => Promise<unknown> }> {
  const { code } = await client.query("token.pair", {});
  const paired = await fetch(`${url}/v1/pair`, {
    method: "POST",
    headers: { origin: url },
    body: JSON.stringify({ code, name: "lost phone" }),
  });
  const token = /=(skn_[\w-]+)/.exec(paired.headers.get("set-cookie") ?? "")?.[1] ?? "";
  const { tokens } = await client.query("token.list", {});
  const id = tokens.find(({ name }) => name === "lost phone")?.id ?? "";
  return { token, revoke: async () => client.query("token.revoke", { token: id }) };
}
