import { SkeinError } from "../protocol/errors.ts";
import type { TurnEntity } from "../protocol/thread.ts";
import type { Watch } from "./watch.ts";

/**
 * Resolves with a turn once it has ended, and releases the watch of its thread.
 * @throws SkeinError `not_found` when the thread is not there, or the turn not any more; `invalid` for what is no id. The signal's reason.
 */
export async function untilTurnEnds(watch: Watch, turn: string, signal?: AbortSignal): Promise<TurnEntity> {
  const number = numberOf(turn);
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason as Error);
  });
  // Raced at each step below; between two of them nobody listens.
  aborted.catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    for (;;) {
      const moved = nextMove(watch);
      await Promise.race([watch.ready(), aborted]);
      const found = await Promise.race([find(watch, turn), aborted]);
      if (found && found.status !== "queued" && found.status !== "running") return found;
      // Numbers ascend: where a later turn is known and this one is not, it was taken out of the queue.
      if (found === undefined && [...watch.replica.all("turn").keys()].some((id) => numberOf(id) > number)) {
        throw new SkeinError("not_found", `The turn ${turn} of ${watch.replica.topic} is gone.`);
      }
      await Promise.race([moved, aborted]);
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    watch.release();
  }
}

/** A turn's id is `u` and its number (P40). */
function numberOf(turn: string): number {
  if (/^u\d+$/.test(turn)) return Number(turn.slice(1));
  throw new SkeinError("invalid", `${JSON.stringify(turn)} is no turn's id.`);
}

/** The turn, from older items where its end is above the window that came. */
async function find(watch: Watch, turn: string): Promise<TurnEntity | undefined> {
  for (;;) {
    const found = watch.replica.get("turn", turn);
    if (found !== undefined || !watch.replica.hasOlder) return found;
    await watch.loadOlder();
  }
}

/** Resolves at the next change of what is held, or of how far it is. */
function nextMove(watch: Watch): Promise<void> {
  return new Promise((resolve) => {
    const stops = [watch.onChange(() => end()), watch.onStatus(() => end())];
    const end = (): void => {
      for (const stop of stops) stop();
      resolve();
    };
  });
}
