import { useSyncExternalStore } from "react";

/** Below this, in pixels, a keyboard is up or the phone lies on its side: what can be short is short. */
const LOW = 480;

const isLow = (): boolean => (window.visualViewport?.height ?? window.innerHeight) < LOW;

function subscribe(listener: () => void): () => void {
  const target = window.visualViewport ?? window;
  target.addEventListener("resize", listener);
  return () => target.removeEventListener("resize", listener);
}

/** Whether there is little height to see by. */
export const useLow = (): boolean => useSyncExternalStore(subscribe, isLow);
