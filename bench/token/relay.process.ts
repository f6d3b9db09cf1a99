/**
 * The least that relays an agent: each line it writes is parsed and sent to whoever listens; nothing is kept. Prints its
 * port as JSON. The first message of a socket is the agent's task, as in `support/agent.process.ts`.
 */
import { join } from "node:path";

const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", "support", "agent.process.ts")], {
  stdin: "pipe",
  stdout: "pipe",
});
const send = (id: number, method: string, params: object) => {
  void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  void child.stdin.flush();
};
const server = Bun.serve({
  port: 0,
  fetch: (request, listening) => (listening.upgrade(request) ? undefined : new Response(null, { status: 400 })),
  websocket: {
    open: (socket) => void socket.subscribe("agent"),
    message: (_, text) => send(2, "session/prompt", { sessionId: "bench", prompt: [{ type: "text", text }] }),
  },
});
send(0, "initialize", { protocolVersion: 1 });
send(1, "session/new", { cwd: "/", mcpServers: [] });
console.log(JSON.stringify({ port: server.port }));

const decoder = new TextDecoder();
let rest = "";
for await (const bytes of child.stdout) {
  const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) server.publish("agent", JSON.stringify(JSON.parse(line)));
}
