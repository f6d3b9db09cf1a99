/** The peer `ws`: what one writes with it by hand, each event encoded once and sent to each socket. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveTask } from "./serve.ts";
import { eventText } from "./task.ts";

await serveTask(async (task) => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  server.on("connection", (socket) => socket.send("ready"));
  const counts = Array.from({ length: task.topics }, () => 0);
  return {
    endpoint: { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, names: [] },
    sendRound(round, topics) {
      for (const topic of topics) {
        const n = (counts[topic] ?? 0) + 1;
        counts[topic] = n;
        const text = JSON.stringify({ topic, n, text: eventText(round) });
        for (const socket of server.clients) socket.send(text);
      }
    },
    stop: () => server.close(),
  };
});
