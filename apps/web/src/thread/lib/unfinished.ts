import { useEffect, useEffectEvent } from "react";
import { store, stored, useStored, type Entry } from "../../lib/device-storage.ts";

/** What was written for one thing of a thread, as an answer to its question, and is not given yet. */
type Written<Value> = { readonly thread: string; readonly of: string; readonly value: Value };

/** All that was written of one sort and is not given yet, kept as drafts are; the oldest first. */
export type Unfinished<Value> = Entry<readonly Written<Value>[]>;

/** More are not kept, the oldest go: threads that are never opened again would fill the storage. */
const KEPT = 100;

/** @param isValue Whether what stands in the storage is what such a thing is written as. */
export function unfinished<Value>(name: string, isValue: (value: unknown) => value is Value): Unfinished<Value> {
  return {
    name,
    read(all) {
      if (!Array.isArray(all)) return [];
      return all.flatMap((each: Partial<Record<keyof Written<Value>, unknown>> | null): Written<Value>[] => {
        const { thread, of, value } = each ?? {};
        return typeof thread === "string" && typeof of === "string" && isValue(value) ? [{ thread, of, value }] : [];
      });
    },
  };
}

/** What is written for one thing of a thread; `null` where nothing is. */
export const writtenFor = <Value>(entry: Unfinished<Value>, thread: string, of: string): Value | null =>
  stored(entry).find((each) => each.thread === thread && each.of === of)?.value ?? null;

/** Keeps what is written for one thing of a thread; `null` forgets it. */
export function write<Value>(entry: Unfinished<Value>, thread: string, of: string, value: Value | null): void {
  const others = stored(entry).filter((each) => each.thread !== thread || each.of !== of);
  const all = value === null ? others : [...others, { thread, of, value }].slice(-KEPT);
  store(entry, all.length === 0 ? null : all);
}

/** What of a thread was written and is not given yet; renders again when that changes. */
export function useUnfinished<Value>(entry: Unfinished<Value>, thread: string): readonly Written<Value>[] {
  return useStored(entry)[0].filter((each) => each.thread === thread);
}

/**
 * Tells of what is written for things of a thread that can't be given any more, when that comes to be known.
 * @param open The things that it can be given for still; `null` while the thread is not as the server has it.
 * @param onOver Gets what was written. It is forgotten by then.
 */
export function useOver<Value>(
  entry: Unfinished<Value>,
  thread: string,
  open: readonly string[] | null,
  onOver: (value: Value) => void,
): void {
  const look = useEffectEvent(() => {
    if (open === null) return;
    for (const each of stored(entry)) {
      if (each.thread !== thread || open.includes(each.of)) continue;
      write(entry, thread, each.of, null);
      onOver(each.value);
    }
  });
  // Not with what is written: another tab may know of something open before this one does.
  const known = JSON.stringify(open);
  useEffect(() => look(), [known, thread]);
}
