import type { Clock, Timer } from "./clock.ts";

/** Calls the listener whenever a connection may have died unnoticed; returns how to stop that. */
export type WakeSource = (wake: () => void) => () => void;

const TICK_MS = 5_000;
/** A tick this much too late means that the machine or the page slept. */
const LATE_MS = 5_000;

/** The clock jumped: the machine slept, or the page was frozen. */
export function clockJumps(clock: Clock): WakeSource {
  return (wake) => {
    let timer: Timer;
    const tick = (): void => {
      const expected = clock.now() + TICK_MS;
      timer = clock.setTimeout(() => {
        const late = clock.now() - expected;
        tick();
        if (late >= LATE_MS) wake();
      }, TICK_MS);
    };
    tick();
    return () => timer.cancel();
  };
}

/** A browser says that the page became visible or came back from its cache, or that there is a network again. */
export const browserSignals: WakeSource = (wake) => {
  const page = typeof document === "undefined" ? undefined : document;
  const view = typeof window === "undefined" ? undefined : window;
  const onVisible = (): void => {
    if (page?.visibilityState === "visible") wake();
  };
  page?.addEventListener("visibilitychange", onVisible);
  view?.addEventListener("online", wake);
  view?.addEventListener("pageshow", wake);
  return () => {
    page?.removeEventListener("visibilitychange", onVisible);
    view?.removeEventListener("online", wake);
    view?.removeEventListener("pageshow", wake);
  };
};
