import { join } from "node:path";
import { runTask } from "../support/processes.ts";
import { median } from "../support/stats.ts";
import type { Section, SectionOptions } from "../support/section.ts";
import type { FanoutResult, Task } from "./task.ts";

const PEERS = [
  { name: "Skein", kind: "skein", file: "skein.process.ts", runtime: "bun" },
  { name: "ws (Node)", kind: "ws", file: "ws.process.ts", runtime: "node" },
  { name: "ws (Bun)", kind: "ws", file: "ws.process.ts", runtime: "bun" },
  { name: "socket.io (Node)", kind: "socket.io", file: "socketio.process.ts", runtime: "node" },
] as const;

const TOPICS = 20;
const ROUNDS = 3;
const GOAL_RATIO = 15;
const GOAL_RATE = 1_500_000;

const run = (file: string, task: Task, runtime: "bun" | "node") =>
  runTask<FanoutResult>(join(import.meta.dir, file), task, runtime);

/**
 * Measures every peer so many times, in turns: what else the machine does changes over minutes, and would else fall on one
 * of them. Returns the results of each peer, in the order of `PEERS`.
 */
async function alternately(task: Omit<Task, "kind" | "warmupMs" | "measureMs">, rounds: number, quick: boolean) {
  const times = quick ? { warmupMs: 300, measureMs: 1500 } : { warmupMs: 1000, measureMs: 3000 };
  const results: FanoutResult[][] = PEERS.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { kind, file, runtime }] of PEERS.entries()) {
      results[index]?.push(await run(file, { ...task, kind, ...times }, runtime));
    }
  }
  return results;
}

/** (a) What it costs to bring an event to many sockets, and how many can be brought. */
export async function fanout({ quick, log }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const goals: Section["goals"] = [];
  for (const sockets of [200, 1000]) {
    for (const perRound of [1, 20]) {
      const cost = new Map<string, number>();
      const results = await alternately({ sockets, topics: TOPICS, perRound, idle: false }, quick ? 1 : ROUNDS, quick);
      for (const [index, { name, kind }] of PEERS.entries()) {
        const each = results[index] ?? [];
        const micros = median(each.map(({ cpuMicros, deliveries }) => cpuMicros / deliveries));
        const rate = median(each.map(({ deliveries, seconds }) => deliveries / seconds));
        cost.set(name, micros);
        const row = {
          sockets,
          "per flush": perRound,
          server: name,
          "CPU µs per delivery": micros.toFixed(2),
          "deliveries/s": Math.round(rate).toLocaleString("en"),
          "bytes per delivery": Math.round(median(each.map(({ bytes, deliveries }) => bytes / deliveries))),
          "CPU of one core": `${Math.round(median(each.map(({ cpuMicros, seconds }) => cpuMicros / seconds / 10_000)))} %`,
        };
        rows.push(row);
        log(JSON.stringify(row));
        if (kind === "skein" && perRound === 20) {
          const measured = `${(rate / 1e6).toFixed(2)} M/s`;
          goals.push({
            goal: `≥ 1.5 M deliveries/s (${sockets} sockets, 20 per flush)`,
            measured,
            met: rate >= GOAL_RATE,
          });
        }
      }
      const ratio = (cost.get("socket.io (Node)") ?? 0) / (cost.get("Skein") ?? 0);
      if (perRound === 20) {
        goals.push({
          goal: `≥ ${GOAL_RATIO}× less CPU a delivery than socket.io (${sockets} sockets, 20 per flush)`,
          measured: `${ratio.toFixed(1)}×`,
          met: ratio >= GOAL_RATIO,
        });
      }
    }
  }
  return {
    title: "Fan-out",
    about:
      `Every socket follows ${TOPICS} topics; a flush brings one event of 150 bytes to 1 or 20 of them. Skein's events are ` +
      "committed to its store (SQLite, WAL) before they are sent; the others' are not kept anywhere. CPU is that of the " +
      "server's process, user and system. The clients, in another process, check that each event arrived once and in order. " +
      "Each number is the median of several measurements, taken in turns.",
    rows,
    goals,
  };
}

const GOAL_IDLE = 8 * 1024;

/** (e) What an idle connection holds in the server's memory. */
export async function idle({ log }: SectionOptions): Promise<Section> {
  const rows: Section["rows"] = [];
  const goals: Section["goals"] = [];
  const sockets = 4000;
  for (const { name, kind, file, runtime } of PEERS) {
    const task: Task = { kind, sockets, topics: 1, perRound: 1, warmupMs: 0, measureMs: 0, idle: true };
    const result = await run(file, task, runtime);
    const { before, after } = result.idle ?? { before: 0, after: 0 };
    const bytes = (after - before) / sockets;
    const row = { server: name, sockets, "bytes per connection": Math.round(bytes).toLocaleString("en") };
    rows.push(row);
    log(JSON.stringify(row));
    if (kind === "skein") {
      goals.push({ goal: "≤ 8 KiB", measured: `${(bytes / 1024).toFixed(1)} KiB`, met: bytes <= GOAL_IDLE });
    }
  }
  return {
    title: "Idle connections",
    about: `Resident memory of the server's process after ${sockets} sockets subscribed, less that before, garbage collected.`,
    rows,
    goals,
  };
}
