import type { Card } from "@skein/client/react";
import { useEffect } from "react";
import { serverNow } from "../lib/server-clock.ts";
import { stored, store, useStored, type Entry } from "../lib/device-storage.ts";

/** What this device has shown: threads changed before `since` count as seen, others as they stand. Times in ms since 1970. */
type Seen = { since: number; threads: Record<string, number> };

/** More are not remembered: the oldest fall under `since`. */
const MAX_THREADS = 400;

const SEEN: Entry<Seen | null> = {
  name: "seen",
  read(value) {
    const { since, threads } = (value ?? {}) as Partial<Seen>;
    return typeof since === "number" ? { since, threads: threads ?? {} } : null;
  },
};

/** A new device has no unread threads: nobody wants to be told of all that ever was. */
const fromNowOn = (): Seen => ({ since: serverNow(), threads: {} });

/** Whether a thread went on since this device showed it. What runs or waits says so itself, and counts as unread later. */
export function isUnread({ id, value }: Card, seen: Seen | null): boolean {
  if (seen === null) return false;
  if (value.status === "running" || value.status === "queued" || value.status === "archived") return false;
  return value.updatedAt > Math.max(seen.since, seen.threads[id] ?? 0);
}

/** What this device has seen; `null` before it has shown any threads. Renders again when that changes. */
export function useSeen(): Seen | null {
  return useStored(SEEN)[0];
}

/** Remembers when this device began to show threads: from then on they are unread. Once it signs out, not again. */
export function useSeenFromNowOn(): void {
  useEffect(() => {
    if (stored(SEEN) === null) store(SEEN, fromNowOn());
  }, []);
}

/** Remembers that a thread was on the screen as it stood at `updatedAt`. */
export function markSeen(thread: string, updatedAt: number): void {
  const seen = stored(SEEN) ?? fromNowOn();
  if ((seen.threads[thread] ?? 0) >= updatedAt) return;
  store(SEEN, forgetOldest({ ...seen, threads: { ...seen.threads, [thread]: updatedAt } }));
}

/** Keeps the newest; what is forgotten moves `since` up, so that it does not come back as unread. */
function forgetOldest(seen: Seen): Seen {
  const entries = Object.entries(seen.threads);
  if (entries.length <= MAX_THREADS) return seen;
  const newestFirst = entries.toSorted(([, a], [, b]) => b - a);
  const forgotten = newestFirst[MAX_THREADS]?.[1] ?? 0;
  return { since: Math.max(seen.since, forgotten), threads: Object.fromEntries(newestFirst.slice(0, MAX_THREADS)) };
}
