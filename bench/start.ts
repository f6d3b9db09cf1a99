import type { Section, SectionOptions } from "./support/section.ts";
import { startServer } from "./support/server.ts";
import { median, quantile } from "./support/stats.ts";

const GOAL_MS = 400;

/** (f) How long one waits for the server. */
export async function start({ quick, log }: SectionOptions): Promise<Section> {
  const times: number[] = [];
  for (let i = 0; i < (quick ? 3 : 10); i++) {
    const server = await startServer();
    times.push(server.startedInMs);
    await server.stop();
  }
  log(times.map((time) => time.toFixed(0)).join(" "));
  const middle = median(times);
  return {
    title: "Exec to ready",
    about: `\`skein serve --json\` on an empty data directory, from exec to its first line; ${times.length} starts.`,
    rows: [
      {
        "median ms": middle.toFixed(0),
        "least ms": Math.min(...times).toFixed(0),
        "p90 ms": quantile(times, 0.9).toFixed(0),
      },
    ],
    goals: [{ goal: `median ≤ ${GOAL_MS} ms`, measured: `${middle.toFixed(0)} ms`, met: middle <= GOAL_MS }],
  };
}
