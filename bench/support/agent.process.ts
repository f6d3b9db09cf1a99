/**
 * An agent for measurements: speaks just enough ACP (https://agentclientprotocol.com) on its stdio. A prompt's text is a
 * task as JSON: `{"chunks": n, "perSecond": r}`; each chunk carries the time it was written, as `@<nanoseconds>;`.
 * With `perSecond: 0` it writes as fast as its reader reads.
 */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { monotonicNs } from "./monotonic.ts";
import { POURED } from "./poured.ts";

type Request = { id: number; method: string; params: { prompt?: { text?: string }[] } };
type Task = { chunks: number; perSecond: number };

const SESSION = "bench";

function write(message: unknown): void {
  writeSync(1, `${JSON.stringify({ jsonrpc: "2.0", ...(message as object) })}\n`);
}

const chunk = (text: string) => ({
  method: "session/update",
  params: {
    sessionId: SESSION,
    update: { sessionUpdate: "agent_message_chunk", messageId: "m", content: { type: "text", text } },
  },
});

async function stream({ chunks, perSecond }: Task): Promise<void> {
  const startedAt = performance.now() + Math.random() * (1000 / perSecond);
  for (let i = 0; i < chunks; i++) {
    const wait = startedAt + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    write(chunk(`@${monotonicNs()}; and so on `));
  }
}

async function pour({ chunks }: Task): Promise<void> {
  const line = `${JSON.stringify({ jsonrpc: "2.0", ...chunk(POURED) })}\n`;
  const sink = Bun.stdout.writer();
  const atOnce = 200;
  for (let left = chunks; left > 0; left -= atOnce) {
    void sink.write(line.repeat(Math.min(left, atOnce)));
    await sink.flush();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line) as Request;
  switch (method) {
    case "initialize":
      write({ id, result: { protocolVersion: 1, agentCapabilities: {} } });
      break;
    case "session/new":
      write({ id, result: { sessionId: SESSION } });
      break;
    case "session/prompt": {
      const task = JSON.parse(params.prompt?.[0]?.text ?? "") as Task;
      await (task.perSecond > 0 ? stream(task) : pour(task));
      write({ id, result: { stopReason: "end_turn" } });
      break;
    }
    default:
      if (id !== undefined) write({ id, error: { code: -32_601, message: `No ${method} here.` } });
  }
}
