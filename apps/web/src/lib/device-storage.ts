import { useSyncExternalStore } from "react";

/**
 * What this device remembers: theme, unread marks, recent directories, drafts and what else is written and not given yet.
 * One entry of `localStorage` each, shared by its tabs, forgotten with the browser's data. Where storage is refused
 * (private windows, a full disk) it is kept for as long as the page lives.
 */
const PREFIX = "skein.";

/** A named entry with the shape of its value. `read` makes a value out of whatever stands there, also of nothing. */
export type Entry<Value> = { readonly name: string; readonly read: (stored: unknown) => Value };

const values = new Map<string, unknown>();
const listeners = new Map<string, Set<() => void>>();

function load<Value>(entry: Entry<Value>): Value {
  if (!values.has(entry.name)) {
    let stored: unknown;
    try {
      stored = JSON.parse(localStorage.getItem(PREFIX + entry.name) ?? "null");
    } catch {
      // Not ours, or storage is refused: as if nothing was there.
      stored = null;
    }
    values.set(entry.name, entry.read(stored));
  }
  return values.get(entry.name) as Value;
}

function tell(name: string): void {
  for (const listener of listeners.get(name) ?? []) listener();
}

if (typeof window !== "undefined") {
  window.addEventListener("storage", ({ key }) => {
    for (const name of key === null ? values.keys() : [key.slice(PREFIX.length)]) {
      values.delete(name);
      tell(name);
    }
  });
}

/** What stands in an entry now. The same object until it changes. */
export const stored = load;

/** Writes an entry; `null` removes it. Tells every part of the app that shows it, in this and other tabs. */
export function store<Value>(entry: Entry<Value>, value: Value | null): void {
  if (value === null) values.delete(entry.name);
  else values.set(entry.name, value);
  try {
    if (value === null) localStorage.removeItem(PREFIX + entry.name);
    else localStorage.setItem(PREFIX + entry.name, JSON.stringify(value));
  } catch {
    // Refused or full: it holds until the page is left.
  }
  tell(entry.name);
}

/** The value of an entry, and how to change it; renders again when it changes. */
export function useStored<Value>(entry: Entry<Value>): [Value, (value: Value | null) => void] {
  const value = useSyncExternalStore(
    (listener) => {
      const set = listeners.get(entry.name) ?? new Set();
      listeners.set(entry.name, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(entry.name);
      };
    },
    () => load(entry),
  );
  return [value, (next) => store(entry, next)];
}

/** Forgets all that this device remembers of whoever was signed in, but for `keep`, as when they sign out. */
export function forgetAll(keep: Entry<unknown>): void {
  for (const name of new Set([...values.keys(), ...storedNames()])) {
    if (name !== keep.name) store({ name, read: (value) => value }, null);
  }
}

/** The entries that stand in the storage. */
function storedNames(): string[] {
  try {
    return Object.keys(localStorage).flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : []));
  } catch {
    // Storage is refused: nothing stands in it.
    return [];
  }
}
