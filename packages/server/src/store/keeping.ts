import type { Clock, Timer } from "../clock.ts";
import type { Store } from "./contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long is kept what is not the conversation itself. Answers: no client keeps a command unanswered for longer.
 * Commits, one by one: who was away for longer is told what has changed, and what was in between is of use to nobody.
 */
const KEPT_MS = { events: 7 * DAY_MS, answers: 30 * DAY_MS, commits: DAY_MS };

/** Lets go of what is past its time, now and every hour. */
export function startKeeping(context: { store: Store; clock: Clock; report: (error: unknown) => void }): {
  stop: () => void;
} {
  const { store, clock, report } = context;
  let timer: Timer;
  let stopped = false;
  const run = (): void => {
    const now = clock.now();
    const before = { events: now - KEPT_MS.events, answers: now - KEPT_MS.answers, commits: now - KEPT_MS.commits };
    // One that is cut off by the store's end goes on after the next start.
    store.expire(before).catch((error: unknown) => stopped || report(error));
    timer = clock.setTimeout(run, HOUR_MS);
  };
  timer = clock.setTimeout(run, 60_000);
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
