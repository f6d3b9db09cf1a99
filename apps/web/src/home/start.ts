import type { SkeinError } from "@skein/client";
import { useSyncExternalStore } from "react";
import { putUnderWay } from "../lib/under-way.ts";

/**
 * How it stands with starting the thread that the draft of a new one is for. It outlives the form, as the draft does: who
 * leaves the form after Enter has given it all the same, and is not to give it twice.
 *
 *     none ── Enter ──▶ wanted ── the server has said what agents there are ──▶ under way
 *      ▲                  │ nothing is left to send                                 │ started, or failed
 *      └──────────────────┴─────────────────────────────────────────────────────────┘
 *     Signing out leads to none from everywhere.
 */
export type Start =
  | { readonly state: "none"; readonly error: SkeinError | null }
  /** `from`: the address of the form, `null` where that was left before it was there. */
  | { readonly state: "wanted"; readonly from: string | null }
  | { readonly state: "under way"; readonly from: string | null };

let start: Start = { state: "none", error: null };
let release = (): void => {};
const listeners = new Set<() => void>();

function become(now: Start): void {
  start = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** How it stands now; renders again when that changes. */
export const useStart = (): Start => useSyncExternalStore(subscribe, () => start);

/** Enter was pressed in the form at an address, or before there was one. */
export function want(from: string | null): void {
  if (start.state !== "none") return;
  release = putUnderWay(() => end(null));
  become({ state: "wanted", from });
}

/** Begins what is wanted. @returns What is under way now; `null` where nothing is wanted. */
export function begin(): Extract<Start, { state: "under way" }> | null {
  if (start.state !== "wanted") return null;
  const begun = { state: "under way", from: start.from } as const;
  become(begun);
  return begun;
}

/** Whether what was begun is still under way, and not given up by signing out. */
export const isUnderWay = (begun: Start): boolean => start === begun;

/** It has ended: started, or with nothing to start; or with an error, which the form shows. */
export function end(error: SkeinError | null): void {
  release();
  become({ state: "none", error });
}
