import type { Clock, Timer } from "../clock.ts";
import type { Blobs } from "./blobs.ts";
import type { Store } from "./contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long is kept what is not the conversation itself. Answers: no client keeps a command unanswered for longer.
 * Commits, one by one: who was away for longer is told what has changed, and what was in between is of use to nobody.
 * Blobs that nothing refers to: an upload waits in somebody's draft. Longer than commits, which may name one too.
 */
const KEPT_MS = { events: 7 * DAY_MS, answers: 30 * DAY_MS, commits: DAY_MS, blobs: 7 * DAY_MS };

/** After the start, when there is much else to do. */
const FIRST_AFTER_MS = 60_000;

type Context = { store: Store; blobs: Blobs; clock: Clock; report: (error: unknown) => void };

/** Lets go of what is past its time: soon after the start, then every hour, and of blobs every day. */
export function startKeeping(context: Context): { stop: () => void } {
  const { store, blobs, clock, report } = context;
  const stopped = new AbortController();
  const { signal } = stopped;
  const repeat = (everyMs: number, run: (now: number) => Promise<unknown>): void => {
    let timer: Timer;
    const again = (): void => {
      // One that is cut off by the store's end goes on after the next start.
      run(clock.now()).catch((error: unknown) => signal.aborted || report(error));
      timer = clock.setTimeout(again, everyMs);
    };
    timer = clock.setTimeout(again, FIRST_AFTER_MS);
    signal.addEventListener("abort", () => timer.cancel());
  };
  repeat(HOUR_MS, (now) =>
    store.expire({ events: now - KEPT_MS.events, answers: now - KEPT_MS.answers, commits: now - KEPT_MS.commits }),
  );
  repeat(DAY_MS, (now) => blobs.collect(now - KEPT_MS.blobs, (names) => store.unnamed(names), signal));
  return { stop: () => stopped.abort() };
}
