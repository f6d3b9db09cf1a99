import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage, SkeinClient, type SkeinClientOptions, type WebSocketConstructor } from "@skein/client";
import type { RunningServer } from "../cli/context.ts";
import { startServer } from "../server.ts";
import { hashToken, makeToken } from "./tokens.ts";

let data = "";
let server: RunningServer;
let local: SkeinClient;
let thread = "";
const ada = makeToken();

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-users-"));
  server = await startServer({ host: "127.0.0.1", port: 0, data, durability: "normal", allowHosts: [] });
  const store = new Database(join(data, "skein.sqlite"));
  const row = "INSERT INTO token (hash, user, name, created) VALUES (?, 'ada', 'a page', 0)";
  store.query(row).run(hashToken(ada));
  store.close();
  local = new SkeinClient({ url: server.url, token: server.token });
  local.connect();
  ({ thread } = await local.command("thread.create", { agent: "demo", cwd: data }));
});

afterAll(async () => {
  await local.close();
  await server.stop();
  await rm(data, { recursive: true });
});

/** A page's client: who it is, is told by what the browser sends along, and may be another tomorrow. */
function page(options: Partial<SkeinClientOptions> = {}) {
  const browser = { token: ada, online: true, sockets: [] as WebSocket[] };
  const sent = (): Record<string, string> => ({ authorization: `Bearer ${browser.token}` });
  const Socket = class extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      if (!browser.online) throw new Error("No socket opens here.");
      super(url, { protocols, headers: sent() } as never);
      browser.sockets.push(this);
    }
  } as unknown as WebSocketConstructor;
  const client = new SkeinClient({
    url: server.url,
    WebSocket: Socket,
    fetch: (url, init) => fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...sent() } }),
    ...options,
  });
  return { client, browser };
}

const title = async (): Promise<unknown> =>
  (await local.query("threads.list", {})).threads.find((card) => card.thread === thread)?.["title"];

const fault = (answer: Promise<unknown>): Promise<unknown> => answer.catch((error: unknown) => error);

test("G6, P81: who may not see every board is given no blob", async () => {
  const put = await fetch(`${server.url}/v1/blobs`, {
    method: "PUT",
    body: "a secret",
    headers: { authorization: `Bearer ${server.token}` },
  });
  const { blob } = (await put.json()) as { blob: string };
  const got = async (token: string): Promise<number> =>
    (await fetch(`${server.url}/v1/blobs/${blob}`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await got(server.token), await got(ada)]).toEqual([200, 404]);
});

describe("G6: another user signs in on the page", () => {
  test("what the one before gave is not sent as theirs, by the page nor by the one after a reload", async () => {
    const storage = memoryStorage();
    const { client, browser } = page({ storage });
    client.connect();
    expect((await client.ready()).user.id).toBe("ada");
    await client.close();
    const before = await title();
    const answer = fault(client.command("thread.rename", { thread, title: "as ada" }));
    browser.token = server.token;
    const reloaded = page({ storage });
    reloaded.browser.token = server.token;
    for (const one of [client, reloaded.client]) {
      one.connect();
      expect((await one.ready()).user.id).toBe("local");
      await one.command("thread.rename", { thread, title: `${String(before)}, by local` });
      expect(one.outbox.entries.filter(({ user }) => user !== "local")).toEqual([]);
      await one.close();
    }
    expect(await answer).toMatchObject({ kind: "forbidden" });
    expect(await title()).toBe(`${String(before)}, by local`);
    expect(storage.load()).toEqual([]);
  });

  test("P87: over HTTP the server refuses what is another's, before it has any effect", async () => {
    const { client, browser } = page({ random: () => 0 });
    client.connect();
    await client.ready();
    const lost = new Promise<void>((resolve) => {
      client.onStatus(({ state }) => state === "waiting" && resolve());
    });
    browser.online = false;
    browser.token = server.token;
    const before = await title();
    for (const socket of browser.sockets) socket.close();
    await lost;
    const answer = await fault(client.command("thread.rename", { thread, title: "as ada" }));
    expect(answer).toMatchObject({ kind: "forbidden", retry: "never" });
    expect(await title()).toBe(before);
    await client.close();
  });
});
