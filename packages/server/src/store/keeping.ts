import type { Clock, Timer } from "../clock.ts";
import type { Store } from "./contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Raw lines and stored command answers are kept this long. No client keeps a command unanswered for longer. */
const KEPT_MS = { events: 7 * DAY_MS, answers: 30 * DAY_MS };

/** Lets go of what is past its time, now and every hour. */
export function startKeeping(context: { store: Store; clock: Clock; report: (error: unknown) => void }): {
  stop: () => void;
} {
  const { store, clock, report } = context;
  let timer: Timer;
  const run = (): void => {
    const now = clock.now();
    store.expire({ events: now - KEPT_MS.events, answers: now - KEPT_MS.answers }).catch(report);
    timer = clock.setTimeout(run, HOUR_MS);
  };
  timer = clock.setTimeout(run, 60_000);
  return { stop: () => timer.cancel() };
}
