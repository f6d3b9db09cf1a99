import type { Clock } from "../clock.ts";

/** Above this share of one core the hub starts to gather more into each flush. */
const BUSY_FROM = 0.7;
const LONGEST_PAUSE_MS = 25;

/**
 * How long to wait before the next flush, in milliseconds, for a load between 0 and 1. Idle costs no latency; a busy
 * server writes less often, because fewer writes is what saves work.
 */
export function pauseFor(load: number): number {
  if (load <= BUSY_FROM) return 0;
  const share = Math.min(1, (load - BUSY_FROM) / (1 - BUSY_FROM));
  return Math.ceil(share * LONGEST_PAUSE_MS);
}

/** The share of one core that this process used lately, measured anew at most every 100 ms. */
export function processLoad(clock: Clock): () => number {
  let since = clock.now();
  let used = process.cpuUsage();
  let load = 0;
  return () => {
    const now = clock.now();
    const elapsed = now - since;
    if (elapsed < 100) return load;
    const spent = process.cpuUsage(used);
    load = Math.min(1, (spent.user + spent.system) / 1000 / elapsed);
    since = now;
    used = process.cpuUsage();
    return load;
  };
}
