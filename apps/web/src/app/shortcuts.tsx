import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

/**
 * A keyboard shortcut. `keys` names it as `event.key` says it, in lower case, with `mod+` for ⌘ on Apple's systems and
 * Ctrl elsewhere: `k`, `?`, `mod+k`, `mod+alt+enter`, `escape escape` (twice within half a second).
 */
export type Shortcut = {
  keys: string;
  /** What it does, for the help sheet. */
  label: string;
  group: "Everywhere" | "Threads" | "In a thread" | "Prompt";
  /** Returns `false` when it does not apply now: the key then goes on to others and the browser. */
  run: () => void | boolean;
  /** Also while the person types in a field; only sensible with `mod+` or `escape`. */
  whileTyping?: boolean;
};

const TWICE_WITHIN_MS = 500;
const isApple = typeof navigator !== "undefined" && /Mac|iP(?:hone|ad|od)/.test(navigator.platform);

/** Newest first: a dialog's or a page's shortcut comes before the app's. */
let active: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
let last = { keys: "", at: 0 };

function change(next: readonly Shortcut[]): void {
  active = next;
  for (const listener of listeners) listener();
}

/** The shortcuts in force, for the help sheet. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => active,
  );
}

/**
 * Puts shortcuts in force while the component is there.
 *
 * @example
 * useShortcuts([{ keys: "j", label: "Next item", group: "In a thread", run: () => move(1) }]);
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((keys: string) => shortcuts.find((shortcut) => shortcut.keys === keys)?.run());
  // What is registered changes with the keys and words (JSON leaves functions out), not with every render's `run`.
  const shape = JSON.stringify(shortcuts);
  useEffect(() => {
    const own = (JSON.parse(shape) as Omit<Shortcut, "run">[]).map((shortcut) => ({
      ...shortcut,
      run: () => run(shortcut.keys),
    }));
    change([...own, ...active]);
    return () => change(active.filter((shortcut) => !own.includes(shortcut)));
  }, [shape]);
}

/** Listens to the keyboard for all shortcuts. Called once, by the app. */
export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const keys = nameOf(event);
    if (keys === null) return;
    const now = event.timeStamp;
    const twice = last.keys === keys && now - last.at < TWICE_WITHIN_MS;
    last = twice ? { keys: "", at: 0 } : { keys, at: now };
    const typing = isTyping(event.target);
    for (const name of twice ? [`${keys} ${keys}`, keys] : [keys]) {
      for (const shortcut of active) {
        if (shortcut.keys !== name || (typing && !shortcut.whileTyping)) continue;
        if (shortcut.run() === false) continue;
        event.preventDefault();
        return;
      }
    }
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function nameOf(event: KeyboardEvent): string | null {
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return null;
  const mod = isApple ? event.metaKey : event.ctrlKey;
  if (isApple ? event.ctrlKey : event.metaKey) return null;
  // With ⌥ the key itself says another letter on Apple's keyboards; the code does not.
  const key = event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : event.key;
  return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${key.toLowerCase()}`;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"))
  );
}

const NAMES: Record<string, string> = {
  mod: isApple ? "⌘" : "Ctrl",
  alt: isApple ? "⌥" : "Alt",
  enter: "↵",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
};

/** A shortcut's keys as they stand on the keyboard: `mod+k` is `["⌘", "K"]` or `["Ctrl", "K"]`. */
export function keyCaps(keys: string): string[] {
  return keys
    .split(" ")
    .flatMap((chord) => chord.split("+").map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)));
}
