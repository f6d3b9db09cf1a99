import { useSyncExternalStore } from "react";
import { onServerClock, serverNow } from "../lib/server-clock.ts";

const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DAY_FORMAT = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const YEAR_FORMAT = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", year: "numeric" });
const MINUTE = 60_000;

/** How long ago something was, as short as can be read: `now`, `4m`, `3h`, `2d`, then the date. Times in ms since 1970. */
export function ago(at: number, now: number): string {
  const minutes = Math.floor((now - at) / MINUTE);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 7) return `${days}d`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? DAY_FORMAT : YEAR_FORMAT).format(at);
}

/** One timer for all times on the page, and none while there are none. */
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;
let shownNow = serverNow();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= keepTime();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

function keepTime(): () => void {
  const look = (): void => {
    shownNow = serverNow();
    for (const tell of listeners) tell();
  };
  // Nobody looked meanwhile, and the clock may have been found to be wrong.
  shownNow = serverNow();
  const timer = setInterval(look, MINUTE / 2);
  const stopClock = onServerClock(look);
  return () => {
    clearInterval(timer);
    stopClock();
  };
}

/** A time as "how long ago", kept up to date; the exact time is its title. `at` in ms since 1970. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  const now = useSyncExternalStore(subscribe, () => shownNow);
  return (
    <time dateTime={new Date(at).toISOString()} title={FORMAT.format(at)} className={className}>
      {ago(at, Math.max(now, at))}
    </time>
  );
}
