import type { Clock, Timer } from "../clock.ts";
import type { Settings } from "../settings.ts";
import type { Blobs } from "./blobs.ts";
import type { Store } from "./contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** After the start, when there is much else to do. */
const FIRST_AFTER_MS = 60_000;

type Context = {
  store: Store;
  blobs: Blobs;
  clock: Clock;
  /** How long what is kept. */
  keep: Settings["keep"];
  report: (error: unknown) => void;
};

/** Lets go of what is past its time: soon after the start, then every hour, and of blobs every day. */
export function startKeeping(context: Context): { stop: () => void } {
  const { store, blobs, clock, keep, report } = context;
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
    store.expire({
      events: now - keep.eventsDays * DAY_MS,
      // A repeat that was sent in time (P61) may be under way still.
      answers: now - keep.answersDays * DAY_MS - HOUR_MS,
      tokens: now,
      commits: now - keep.commitsDays * DAY_MS,
    }),
  );
  repeat(DAY_MS, (now) => blobs.collect(now - keep.blobsDays * DAY_MS, (names) => store.unnamed(names), signal));
  return { stop: () => stopped.abort() };
}
