import { useSyncExternalStore } from "react";

/** Asked by every row: one query for all. */
let media: MediaQueryList | undefined;
const query = (): MediaQueryList => (media ??= matchMedia("(pointer: coarse)"));

/** Whether fingers point here: then a new line is Enter's, and what only hovering shows must stand there. */
export const isCoarse = (): boolean => query().matches;

function subscribe(listener: () => void): () => void {
  query().addEventListener("change", listener);
  return () => query().removeEventListener("change", listener);
}

/** `isCoarse`, and again when a mouse or a screen to touch is put to the machine. */
export const useCoarse = (): boolean => useSyncExternalStore(subscribe, isCoarse);
