import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { join } from "node:path";
import { cpuMsOf } from "./support/cpu.ts";
import { POURED } from "./support/poured.ts";
import type { Section, SectionOptions } from "./support/section.ts";
import { startServer } from "./support/server.ts";

const AGENTS = 4;
const GOAL = 50_000;

/** (c) How fast agents' updates become durable. */
export async function ingest({ quick, log }: SectionOptions): Promise<Section> {
  const server = await startServer();
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  const exec = { command: process.execPath, args: [join(import.meta.dir, "support", "agent.process.ts")] };
  const threads: string[] = [];
  for (let i = 0; i < AGENTS; i++) {
    threads.push((await client.command("thread.create", { exec, cwd: server.data })).thread);
  }
  /** Prompts every agent for so many chunks; returns the seconds from the first turn's start to the last one's end. */
  const pour = async (chunks: number): Promise<number> => {
    const text = JSON.stringify({ chunks, perSecond: 0 });
    const spans = await Promise.all(
      threads.map(async (thread) => {
        const { turn } = await client.command("thread.prompt", { thread, text });
        const watch = client.watch(threadTopic(thread), { maxHz: 5, window: 5 });
        const value = await new Promise<Record<string, unknown>>((resolve) => {
          const look = () => {
            const found = watch.replica.get("turn", turn);
            if (found?.["endedAt"] !== undefined) resolve(found);
          };
          watch.onChange(look);
          look();
        });
        const said = [...watch.replica.all("message").values()].filter((message) => message["turn"] === turn);
        const length = said
          .filter((message) => message["role"] === "assistant")
          .reduce((sum, message) => sum + message.text.length, 0);
        watch.release();
        if (value["status"] !== "done" || length !== chunks * POURED.length) {
          throw new Error(`Of ${chunks * POURED.length} characters ${length} came: ${JSON.stringify(value)}`);
        }
        return { startedAt: value["startedAt"] as number, endedAt: value["endedAt"] as number };
      }),
    );
    const start = Math.min(...spans.map((span) => span.startedAt));
    return (Math.max(...spans.map((span) => span.endedAt)) - start) / 1000;
  };
  try {
    await pour(2_000);
    const chunks = quick ? 20_000 : 150_000;
    const before = await cpuMsOf(server.pid);
    const seconds = await pour(chunks);
    const after = await cpuMsOf(server.pid);
    const updates = chunks * AGENTS;
    const rate = updates / seconds;
    log(`${updates} updates in ${seconds.toFixed(2)} s`);
    return {
      title: "Durable ingest",
      about:
        `${AGENTS} agent processes write ${updates.toLocaleString("en")} message chunks to their stdout as fast as they are read; each goes ` +
        "through driver, writer and store (SQLite, WAL), and the messages' texts are compared at the end. From the first " +
        "turn's start to the last one's end, by the server's own record.",
      rows: [
        {
          "updates/s": Math.round(rate).toLocaleString("en"),
          seconds: seconds.toFixed(2),
          "server CPU µs per update": (((after - before) * 1000) / updates).toFixed(1),
        },
      ],
      goals: [
        { goal: "≥ 50,000 updates/s", measured: `${Math.round(rate).toLocaleString("en")}/s`, met: rate >= GOAL },
      ],
    };
  } finally {
    await client.close();
    await server.stop();
  }
}
