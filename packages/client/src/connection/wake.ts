import type { Clock, Timer } from "./clock.ts";

/**
 * Tells `wake` whenever a connection may have died unnoticed, and `offline` when the machine has no network any more;
 * returns how to stop that.
 */
export type WakeSource = (tell: (signal: "wake" | "offline") => void) => () => void;

const TICK_MS = 5_000;
/** A tick this much too late means that the machine or the page slept. */
const LATE_MS = 5_000;

/** The clock jumped: the machine slept, or the page was frozen. */
export function clockJumps(clock: Clock): WakeSource {
  return (tell) => {
    let timer: Timer;
    const tick = (): void => {
      const expected = clock.now() + TICK_MS;
      timer = clock.setTimeout(() => {
        const late = clock.now() - expected;
        tick();
        if (late >= LATE_MS) tell("wake");
      }, TICK_MS);
    };
    tick();
    return () => timer.cancel();
  };
}

/**
 * A browser says that the page became visible or came back from its cache, or that the network came or went.
 * @param local The server runs on this machine, which needs no network: then the end of the network only asks for a check.
 */
export function browserSignals(local: boolean): WakeSource {
  const page = typeof document === "undefined" ? undefined : document;
  const view = typeof window === "undefined" ? undefined : window;
  return (tell) => {
    const wake = (): void => tell("wake");
    const onVisible = (): void => {
      if (page?.visibilityState === "visible") wake();
    };
    const onOffline = (): void => tell(local ? "wake" : "offline");
    page?.addEventListener("visibilitychange", onVisible);
    view?.addEventListener("online", wake);
    view?.addEventListener("offline", onOffline);
    view?.addEventListener("pageshow", wake);
    return () => {
      page?.removeEventListener("visibilitychange", onVisible);
      view?.removeEventListener("online", wake);
      view?.removeEventListener("offline", onOffline);
      view?.removeEventListener("pageshow", wake);
    };
  };
}
