import { textOfEdit } from "@skein/client/protocol";
import { useEffect, useState } from "react";
import { blobText } from "../lib/blobs.ts";
import { keeper } from "../lib/keeper.ts";
import { bytesToLoad, isKept, type Change } from "./change.ts";
import type { FileDiff } from "./diff-lines.ts";

/** A change with its texts. */
export type Texts = { readonly path: string; readonly before: string | null; readonly after: string | null };
export type Shown = { readonly texts: Texts; readonly diff: FileDiff };

/** Texts of more bytes in blobs are loaded when they are asked for: to compare them takes a moment, as does the way. */
const AT_ONCE = 2 * 1024 * 1024;

let module: typeof import("./diff-lines.ts") | undefined;
const inPlace = new WeakMap<Change, Shown>();
const loaded = keeper<Shown>(() => {});

/**
 * The diff of a change, computed once for each. `null` until it is there; `"large"` where it is to be asked for, and
 * `"failed"` where a text could not be loaded: `ask` loads it, or tries again.
 */
export function useDiff(change: Change): { shown: Shown | "large" | "failed" | null; ask: () => void } {
  const kept = isKept(change.before) || isKept(change.after);
  const [asked, setAsked] = useState(0);
  const [, setReady] = useState(module !== undefined);
  const [found, setFound] = useState<{ change: Change; shown: Shown | "failed" }>();
  const large = asked === 0 && bytesToLoad(change) > AT_ONCE;
  useEffect(() => {
    if (large || (!kept && module !== undefined)) return;
    let stopped = false;
    if (!kept) {
      void load().then(
        () => !stopped && setReady(true),
        () => {}, // Offline before it was ever loaded: the row does without.
      );
      return () => void (stopped = true);
    }
    const { value, release } = loaded(change, () => compare(change));
    value.then(
      (shown) => !stopped && setFound({ change, shown }),
      () => !stopped && setFound({ change, shown: "failed" }),
    );
    return () => {
      stopped = true;
      release();
    };
  }, [change, kept, large, asked]);
  const ask = (): void => {
    setFound(undefined);
    setAsked(asked + 1);
  };
  if (kept) return { shown: large ? "large" : found?.change === change ? found.shown : null, ask };
  return { shown: module === undefined ? null : diffInPlace(module, change), ask };
}

const load = async () => (module = await import("./diff-lines.ts"));

function diffInPlace({ diffFiles }: NonNullable<typeof module>, change: Change): Shown {
  const known = inPlace.get(change);
  if (known) return known;
  const texts = change as Texts;
  const shown = { texts, diff: diffFiles(texts.before, texts.after) };
  inPlace.set(change, shown);
  return shown;
}

/** Loads what a change's texts are and compares them. @throws when that can't be had. */
export async function compare({ path, before, after }: Change): Promise<Shown> {
  const [{ diffFiles }, ...both] = await Promise.all([
    load(),
    textOfEdit(before, blobText),
    textOfEdit(after, blobText),
  ]);
  const texts = { path, before: both[0], after: both[1] };
  return { texts, diff: diffFiles(texts.before, texts.after) };
}
