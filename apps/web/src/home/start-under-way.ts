import { useSyncExternalStore } from "react";

/**
 * Whether the thread that the draft of a new one is for is being started. It outlives the form, as the draft does: who
 * leaves the form and comes to one again is not to start it twice.
 */
let underWay = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says that a start has begun, or that it has ended, whatever its end. */
export function setStartUnderWay(now: boolean): void {
  underWay = now;
  for (const listener of listeners) listener();
}

/** Whether a thread is being started; renders again when that changes. */
export function useStartUnderWay(): boolean {
  return useSyncExternalStore(subscribe, () => underWay);
}
