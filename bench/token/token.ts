import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { join } from "node:path";
import { cpuMsOf } from "../support/cpu.ts";
import { writtenBy } from "../support/io.ts";
import type { Section, SectionOptions } from "../support/section.ts";
import { firstLine, startServer } from "../support/server.ts";
import { median } from "../support/stats.ts";

const PER_SECOND = 100;
const GOAL_BYTES = 4500;
const GOAL_RATIO = 1.3;
const agent = join(import.meta.dir, "..", "support", "agent.process.ts");

/** What one token cost a process. */
type Cost = { cpuUs: number; bytes: number; calls: number };
/** Has an agent write so many tokens, and resolves when all of them have come. */
type Stream = (tokens: number) => Promise<void>;
type Measure = (pid: number, stream: Stream) => Promise<Cost>;

/** (h) What a token costs the server: CPU, bytes and calls written, beside a relay that keeps nothing. */
export async function token({ quick, log, against }: SectionOptions): Promise<Section> {
  const contenders: [string, (measure: Measure) => Promise<Cost>][] = [["Skein", (measure) => skein({}, measure)]];
  if (against !== undefined) contenders.push([against, (measure) => skein({ checkout: against }, measure)]);
  contenders.push(["bare relay", relay]);
  const seconds = quick ? 5 : 15;
  const measure: Measure = async (pid, stream) => {
    // Twice as long, so that the engine has compiled what it will.
    await stream(2 * seconds * PER_SECOND);
    const before = { cpu: await cpuMsOf(pid), written: await writtenBy(pid) };
    const tokens = seconds * PER_SECOND;
    await stream(tokens);
    const [cpu, written] = [await cpuMsOf(pid), await writtenBy(pid)];
    return {
      cpuUs: ((cpu - before.cpu) * 1000) / tokens,
      bytes: (written.bytes - before.written.bytes) / tokens,
      calls: (written.calls - before.written.calls) / tokens,
    };
  };
  const rounds = quick ? 1 : 3;
  const costs = new Map<string, Cost[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of contenders) {
      const cost = await run(measure);
      log(`${name}: ${JSON.stringify(cost)}`);
      costs.get(name)?.push(cost);
    }
  }
  const middle = (name: string, of: keyof Cost) => median((costs.get(name) ?? []).map((cost) => cost[of]));
  const ratio = middle("Skein", "cpuUs") / middle("bare relay", "cpuUs");
  const bytes = middle("Skein", "bytes");
  return {
    title: "A token",
    about:
      `One agent process writes ${PER_SECOND} chunks a second for ${seconds} s after ${2 * seconds} s of the same, one client ` +
      "watches. Bytes and calls are what the server gives to write(2) and its kin, sockets left out; CPU is the whole " +
      `process's. In turns, ${rounds} times each, medians.`,
    rows: contenders.map(([name]) => ({
      server: name,
      "CPU µs a token": middle(name, "cpuUs").toFixed(0),
      "bytes written": Math.round(middle(name, "bytes")),
      "write calls": middle(name, "calls").toFixed(2),
    })),
    goals: [
      {
        goal: `≤ ${GOAL_RATIO} times the relay's CPU`,
        measured: `${ratio.toFixed(2)} times`,
        met: ratio <= GOAL_RATIO,
      },
      { goal: `≤ ${GOAL_BYTES} bytes written`, measured: `${Math.round(bytes)}`, met: bytes <= GOAL_BYTES },
    ],
  };
}

async function skein(from: { checkout?: string }, measure: Measure): Promise<Cost> {
  const server = await startServer(from);
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  try {
    const exec = { command: process.execPath, args: [agent] };
    const { thread } = await client.command("thread.create", { exec, cwd: server.data });
    const watch = client.watch(threadTopic(thread));
    await watch.ready();
    return await measure(server.pid, async (tokens) => {
      const text = JSON.stringify({ chunks: tokens, perSecond: PER_SECOND });
      const { turn } = await client.command("thread.prompt", { thread, text });
      await new Promise<void>((resolve, reject) => {
        const look = () => {
          const value = watch.replica.get("turn", turn);
          if (value?.["endedAt"] === undefined) return;
          stop();
          if (value["status"] === "done") resolve();
          else reject(new Error(`A turn did not end well: ${JSON.stringify(value)}`));
        };
        const stop = watch.onChange(look);
        look();
      });
    });
  } finally {
    await client.close();
    await server.stop();
  }
}

async function relay(measure: Measure): Promise<Cost> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "relay.process.ts")], { stdout: "pipe" });
  try {
    const { port } = await firstLine<{ port: number }>(child.stdout);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("The relay cannot be reached.")));
    });
    return await measure(child.pid, async (tokens) => {
      const ended = new Promise<void>((resolve) => {
        const listen = ({ data }: MessageEvent) => {
          if ((JSON.parse(String(data)) as { result?: { stopReason?: string } }).result?.stopReason === undefined)
            return;
          socket.removeEventListener("message", listen);
          resolve();
        };
        socket.addEventListener("message", listen);
      });
      socket.send(JSON.stringify({ chunks: tokens, perSecond: PER_SECOND }));
      await ended;
    });
  } finally {
    child.kill();
    await child.exited;
  }
}
