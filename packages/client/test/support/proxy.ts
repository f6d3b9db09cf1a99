import { createServer, connect, type Socket } from "node:net";
import { once } from "node:events";

/** A TCP proxy whose connections a test can cut. */
export type Proxy = {
  port: number;
  cut(): void;
  /** Cuts all connections, and ends new ones until `open`. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
};

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isShut = false;
  const server = createServer((near) => {
    if (isShut) {
      near.destroy();
      return;
    }
    const far = connect(target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void to.write(bytes));
      // A cut on one side is a cut on the other; why it came is of no interest to either.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    shut() {
      isShut = true;
      cut();
    },
    open() {
      isShut = false;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
