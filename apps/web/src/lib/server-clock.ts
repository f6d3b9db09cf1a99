import type { SkeinClient } from "@skein/client";

/** Less than this, in milliseconds, may be the way of the answer: no clock that is wrong. */
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

/** What a clock that says `here` lacks of the server's, which said `there` in an answer that has just come, in ms. */
export const lackOf = (there: number, here: number): number =>
  Math.abs(there - here) < LEAST_ERROR_MS ? 0 : there - here;

/** Compares this device's clock with the server's at each greeting (P10). */
export function followServerClock(client: SkeinClient): void {
  client.onStatus(({ state }) => {
    const now = state === "live" ? client.hello?.now : undefined;
    if (now === undefined) return;
    const lack = lackOf(now, Date.now());
    if (lack === lacks) return;
    lacks = lack;
    for (const listener of listeners) listener();
  });
}
