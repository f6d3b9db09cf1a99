import type { ServerWebSocket } from "bun";

type Method = { method: string; params: { topic?: string } };
type Data = { far: WebSocket; early: string[] };

/** A WebSocket proxy that tells what a server sees of its clients. */
export type CountingProxy = {
  url: string;
  /** Sockets ever opened, and open now. */
  readonly opened: number;
  readonly open: number;
  /** Every request that went to the server, as `method topic`, in order. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
};

/** @param url Where the server is, e.g. `http://127.0.0.1:9099`. */
export function startCountingProxy(url: string): CountingProxy {
  const requests: string[] = [];
  let opened = 0;
  const sockets = new Set<ServerWebSocket<Data>>();
  const server = Bun.serve<Data>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      const far = new WebSocket(`ws${url.slice(4)}${new URL(request.url).pathname}`, "skein.v1");
      const upgraded = server.upgrade(request, {
        data: { far, early: [] },
        headers: { "sec-websocket-protocol": "skein.v1" },
      });
      return upgraded ? undefined : new Response(null, { status: 426 });
    },
    websocket: {
      open(near) {
        opened++;
        sockets.add(near);
        const { far, early } = near.data;
        far.addEventListener("open", () => early.splice(0).forEach((frame) => far.send(frame)));
        far.addEventListener("message", ({ data }) => void near.send(data as string));
        far.addEventListener("close", ({ code, reason }) => near.close(code, reason));
      },
      message({ data: { far, early } }, bytes) {
        const frame = String(bytes);
        const messages = [JSON.parse(frame)].flat() as Method[];
        for (const { method, params } of messages) requests.push(params.topic ? `${method} ${params.topic}` : method);
        if (far.readyState === WebSocket.OPEN) far.send(frame);
        else early.push(frame);
      },
      close(near) {
        sockets.delete(near);
        near.data.far.close();
      },
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    get opened() {
      return opened;
    },
    get open() {
      return sockets.size;
    },
    requests,
    stop: () => server.stop(true),
  };
}
