import { afterEach, describe, expect, test } from "bun:test";
import { SkeinClient, type WebSocketConstructor } from "@skein/client";
import { RawSocket } from "./support/raw-socket.ts";
import { ServerProcess } from "./support/server-process.ts";

/** Pages of another origin than the server's own, as apps in development are. */
const APP = "http://localhost:5173";

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

async function started(...flags: readonly string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start({}, { flags });
  cleanUp.push(async () => server.dispose());
  return server;
}

/** The client of a page of that origin, which the browser tells with all it sends. */
function pageOf(origin: string, { url, token }: { url: string; token: string }): SkeinClient {
  const Socket = class extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      const options: unknown = { protocols, headers: { origin } };
      super(address, options as string[]);
    }
  };
  const client = new SkeinClient({
    url,
    token,
    WebSocket: Socket as unknown as WebSocketConstructor,
    fetch: (address, init) =>
      fetch(address, { ...init, headers: { ...(init.headers as Record<string, string>), origin } }),
  });
  cleanUp.push(async () => client.close());
  return client;
}

describe("L29: a page of an origin that is not allowed", () => {
  test("P11, P16, L16: is told so, with what to do about it, and its client stops", async () => {
    const server = await started();
    const client = pageOf(APP, server);
    client.connect();
    const error = await client.ready().catch((fault: unknown) => fault);
    expect(error).toMatchObject({ kind: "forbidden", message: expect.stringContaining(`--allow-origin ${APP}`) });
    expect(client.status.state).toBe("stopped");
  });

  test("P11: hears nothing and is not heard, token or not", async () => {
    const server = await started("--allow-origin", APP);
    const headers = { origin: "http://evil.example", authorization: `Bearer ${server.token}` };
    const socket = await RawSocket.open(server.url, headers);
    expect((await socket.untilClosed()).code).toBe(4403);
    expect(socket.messages).toEqual([]);
    const answer = await fetch(`${server.url}/v1/schema.json`, { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a reason that is too long for a close frame is cut, not lost", async () => {
    const server = await started();
    const socket = await RawSocket.open(server.url, { origin: `http://${"a".repeat(60)}.${"b".repeat(60)}.example` });
    const { code, reason } = await socket.untilClosed();
    expect([code, reason.length]).toEqual([4403, 123]);
  });
});

describe("P89: a page of an origin that is allowed", () => {
  test("uses the server with its token, over the socket and over HTTP", async () => {
    const server = await started("--allow-origin", "http://other.example", "--allow-origin", `${APP}/`);
    const client = pageOf(APP, server);
    client.connect();
    expect((await client.ready()).user.id).toBe("local");
    expect((await client.query("threads.list", {})).threads).toEqual([]);
    const answer = await fetch(`${server.url}/v1/rpc`, {
      method: "POST",
      headers: { origin: APP, authorization: `Bearer ${server.token}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "threads.list", params: {} }),
    });
    expect(await answer.json()).toMatchObject({ result: { threads: [] } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(APP);
  });

  test("may read what it asked for, and ask as clients do", async () => {
    const server = await started("--allow-origin", APP);
    const preflight = await fetch(`${server.url}/v1/rpc`, {
      method: "OPTIONS",
      headers: {
        origin: APP,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,skein-user",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(APP);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization, content-type, skein-user");
    for (const [path, status] of [
      ["/v1/schema.json", 200],
      ["/v1/blobs/none", 401],
    ] as const) {
      const answer = await fetch(server.url + path, { headers: { origin: APP } });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([status, APP]);
      expect(answer.headers.get("vary")).toContain("origin");
    }
  });

  test("P84: is not signed in by the cookie of the server's own pages, nor gets one", async () => {
    const server = await started("--allow-origin", APP);
    const { port } = new URL(server.url);
    const cookie = `skein_${port}=${server.token}`;
    const blob = async (origin: string): Promise<number> =>
      (await fetch(`${server.url}/v1/blobs/none`, { headers: { origin, cookie } })).status;
    expect([await blob(server.url), await blob(APP)]).toEqual([404, 401]);
    const body = JSON.stringify({ code: "00000-00000" });
    expect((await fetch(`${server.url}/v1/pair`, { method: "POST", headers: { origin: APP }, body })).status).toBe(403);
  });
});
