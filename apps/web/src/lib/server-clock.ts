import type { SkeinClient } from "@skein/client";

/** Less than this, in milliseconds, is the way there and back, and `Date` in whole seconds: no clock that is wrong. */
const LEAST_ERROR_MS = 30_000;

/** What this device's clock lacks of the server's, in milliseconds; 0 while they agree, or nothing is known. */
let lacks = 0;
const listeners = new Set<() => void>();

/** Now, in ms since 1970, by the server's clock, which every time that it tells is of. */
export const serverNow = (): number => Date.now() + lacks;

/** Calls the listener once this clock is found to be another than it was thought to be. @returns How to stop it. */
export function onServerClock(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What a clock lacks of a server's that said `date` to what was asked at `from` and answered at `to`, all in ms. */
export function lackOf(date: number, from: number, to: number): number {
  // A `Date` says a second that has begun.
  const lack = date + 500 - (from + to) / 2;
  return Math.abs(lack) < LEAST_ERROR_MS + (to - from) / 2 ? 0 : Math.round(lack);
}

/** Compares this device's clock with the server's, each time that it is found. */
export function followServerClock(client: SkeinClient): void {
  client.onStatus(({ state }) => {
    if (state === "live") void compare();
  });
}

async function compare(): Promise<void> {
  try {
    const from = Date.now();
    const answer = await fetch("/healthz", { cache: "no-store" });
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (Number.isNaN(date)) return;
    const lack = lackOf(date, from, Date.now());
    if (lack === lacks) return;
    lacks = lack;
    for (const listener of listeners) listener();
  } catch {
    // Out of reach again: the next connection asks anew.
  }
}
