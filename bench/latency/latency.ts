import { join } from "node:path";
import { runTask } from "../support/processes.ts";
import type { Section, SectionOptions } from "../support/section.ts";
import { startServer } from "../support/server.ts";
import type { LatencyResult, LatencyTask } from "./clients.process.ts";

const THREADS = 50;
const PER_SECOND = 50;
const CLIENTS = 4;
const GOAL_P50_MS = 1;
const GOAL_P99_MS = 5;

/** (b) From an agent's write to its stdout to a client's listener. */
export async function latency({ quick, log }: SectionOptions): Promise<Section> {
  const server = await startServer();
  try {
    const seconds = quick ? 4 : 15;
    const task: LatencyTask = {
      url: server.url,
      token: server.token,
      pid: server.pid,
      cwd: server.data,
      threads: THREADS,
      perSecond: PER_SECOND,
      clients: CLIENTS,
      seconds,
    };
    const result = await runTask<LatencyResult>(join(import.meta.dir, "clients.process.ts"), task);
    log(JSON.stringify(result));
    return {
      title: "Latency",
      about:
        `${THREADS} threads with an agent process each, ${PER_SECOND} chunks a second each, ${CLIENTS} clients that watch all of ` +
        `them, for ${seconds} s: from just before the agent's write to its stdout to the client library's listener. Agents, ` +
        "server and clients share the machine's cores; every chunk is accounted for.",
      rows: [
        {
          "p50 ms": result.p50.toFixed(2),
          "p90 ms": result.p90.toFixed(2),
          "p99 ms": result.p99.toFixed(2),
          "p99.9 ms": result.p999.toFixed(2),
          "most ms": result.max.toFixed(1),
          deliveries: result.samples.toLocaleString("en"),
          "server's CPU": percent(result.serverCpu),
          "clients' CPU": percent(result.clientsCpu),
        },
      ],
      goals: [
        { goal: `p50 ≤ ${GOAL_P50_MS} ms`, measured: `${result.p50.toFixed(2)} ms`, met: result.p50 <= GOAL_P50_MS },
        { goal: `p99 ≤ ${GOAL_P99_MS} ms`, measured: `${result.p99.toFixed(2)} ms`, met: result.p99 <= GOAL_P99_MS },
      ],
    };
  } finally {
    await server.stop();
  }
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
