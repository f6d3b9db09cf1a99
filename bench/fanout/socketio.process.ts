/** The peer socket.io, with its WebSocket transport and a room for each topic. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { serveTask } from "./serve.ts";
import { eventText } from "./task.ts";

await serveTask(async (task) => {
  const http = createServer();
  const io = new Server(http, { transports: ["websocket"], serveClient: false });
  io.on("connection", async (socket) => {
    await socket.join(Array.from({ length: task.topics }, (_, topic) => `topic:${topic}`));
    socket.emit("ready");
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const counts = Array.from({ length: task.topics }, () => 0);
  const { port } = http.address() as AddressInfo;
  return {
    endpoint: { url: `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, names: [] },
    sendRound(round, topics) {
      for (const topic of topics) {
        const n = (counts[topic] ?? 0) + 1;
        counts[topic] = n;
        io.to(`topic:${topic}`).emit("event", { topic, n, text: eventText(round) });
      }
    },
    stop: () => io.close(),
  };
});
