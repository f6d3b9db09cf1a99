import type { Clock } from "../clock.ts";

/** Above this share of one core the hub gathers more into each flush. */
const BUSY_FROM = 0.8;
/** How far the pause grows in a second of a wholly busy server; it shrinks four times as fast in an idle one. */
const GROWTH_MS = 40;
/** Growth is counted for this long at most, so that one measurement after a silence does not decide. */
const COUNTED_MS = 50;

/**
 * How long to wait before the next flush, in milliseconds: from the pause there was, the load (0 to 1) under it, and the
 * time that passed since; never longer than `longestMs`. Idle costs no latency; a busy server writes less often, because fewer writes is what saves
 * work. The pause is felt its way to: one that followed from the load alone would take away the load it followed from,
 * and swing between none and all.
 */
export function nextPause(pause: number, load: number, elapsedMs: number, longestMs: number): number {
  const excess = (load - BUSY_FROM) / (1 - BUSY_FROM);
  const counted = excess > 0 ? Math.min(elapsedMs, COUNTED_MS) : elapsedMs;
  return Math.max(0, Math.min(longestMs, pause + (excess * GROWTH_MS * counted) / 1000));
}

/** The share of one core that this process used lately, measured anew at most every 50 ms. */
export function processLoad(clock: Clock): () => number {
  let since = clock.elapsed();
  let used = process.cpuUsage();
  let load = 0;
  return () => {
    const now = clock.elapsed();
    const elapsed = now - since;
    if (elapsed < 50) return load;
    const spent = process.cpuUsage(used);
    load = Math.min(1, (spent.user + spent.system) / 1000 / elapsed);
    since = now;
    used = process.cpuUsage();
    return load;
  };
}
