import { MAX_SEARCH_UNITS } from "@skein/client/protocol";
import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type Ref } from "react";
import { isLayerEntry, whenSettled } from "../lib/layers.ts";

/** Where the app is: every address is one of these, and nothing else decides what is shown. */
export type Route =
  | { page: "home" }
  | { page: "new" }
  | { page: "search"; text: string }
  | { page: "thread"; thread: string; item: string | null; changes: { file: string | null } | null }
  | { page: "settings" }
  | { page: "pair" }
  | { page: "missing" };

/**
 * Reads an address. `/t/<thread>#<item>` points at one item of a thread, `/t/<thread>/changes#<path>` at all that it
 * changed, begun at one file.
 */
export function readRoute(url: { pathname: string; search: string; hash: string }): Route {
  const [first = "", second, third, ...rest] = url.pathname.split("/").filter(Boolean);
  if (rest.length > 0) return { page: "missing" };
  if (first === "t" && second !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(second)) {
    const thread = { page: "thread", thread: second, item: null, changes: null } as const;
    const hash = url.hash.slice(1);
    if (third === undefined) return { ...thread, item: hash || null };
    return third === "changes" ? { ...thread, changes: { file: decoded(hash) } } : { page: "missing" };
  }
  if (second !== undefined) return { page: "missing" };
  switch (first) {
    case "":
      return { page: "home" };
    case "new":
    case "settings":
    case "pair":
      return { page: first };
    case "search":
      return { page: "search", text: searchable(new URLSearchParams(url.search).get("q") ?? "") };
    default:
      return { page: "missing" };
  }
}

/** As much of a text as can be searched for, cut between characters. */
const searchable = (text: string): string => text.slice(0, MAX_SEARCH_UNITS).replace(/[\uD800-\uDBFF]$/, "");

/** `null` for nothing, and for what was cut off in the middle of a character. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text) || null;
  } catch {
    return null;
  }
}

/** The address of a thread, or of one item in it. */
export const threadPath = (thread: string, item?: string): string => `/t/${thread}${item ? `#${item}` : ""}`;

/** The address of all that a thread changed, begun at one file where its path is given. */
export const changesPath = (thread: string, file?: string): string =>
  `/t/${thread}/changes${file ? `#${encodeURIComponent(file)}` : ""}`;

const listeners = new Set<() => void>();
let current: { href: string; route: Route } | null = null;

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", tell);
  window.addEventListener("hashchange", tell);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.removeEventListener("popstate", tell);
    window.removeEventListener("hashchange", tell);
  };
}

function snapshot(): Route {
  if (current?.href !== location.href) current = { href: location.href, route: readRoute(location) };
  return current.route;
}

/** The present route; renders again when it changes. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, snapshot);
}

/** The state of a history entry that was made by a step inside the app: behind it is another page of ours. */
type EntryState = { inside: true; focus?: Focus };

/** Where on a page the focus begins: at the page itself, in the box one writes in, or at a code that is made for that. */
type Focus = "prompt" | "pair";

/** Goes to another page; where that is the present one, no step is made. `replace` leaves no way back to that. */
export function navigate(path: string, options: { replace?: boolean; focus?: Focus } = {}): void {
  whenSettled(() => {
    const state: EntryState = { inside: true, ...(options.focus ? { focus: options.focus } : {}) };
    const isHere = new URL(path, location.href).href === location.href;
    if (options.replace) {
      const { inside } = (history.state ?? {}) as Partial<EntryState>;
      history.replaceState({ ...(inside && { inside }), ...(options.focus && { focus: options.focus }) }, "", path);
    }
    // What lay over the page is left with it: its entry becomes that of the next page.
    else if (isLayerEntry()) history.replaceState(state, "", path);
    else if (!isHere) history.pushState(state, "", path);
    tell();
  });
}

/** Where the focus begins on the present page, if not at its start. */
export const focusOfEntry = (): Focus | undefined => (history.state as EntryState | null)?.focus;

/** Whether it begins there; not again when one comes back to the page, or loads it anew. */
export function takeFocusOfEntry(focus: Focus): boolean {
  const { focus: begins, ...rest } = (history.state ?? {}) as Partial<EntryState>;
  if (begins !== focus) return false;
  history.replaceState(rest, "");
  return true;
}

/** A step back is under way: whoever asks for it twice meant one. */
let leaving = false;

/** One page back, if that is a page of ours; else to `fallback`. */
export function goBack(fallback: string): void {
  if (leaving) return;
  if (!(history.state as EntryState | null)?.inside) return navigate(fallback, { replace: true });
  leaving = true;
  window.addEventListener("popstate", () => (leaving = false), { once: true });
  history.back();
}

/** A link to a page of ours: no reload, but a new tab where the person asks for one. */
export function Link({
  to,
  onClick,
  ...rest
}: Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & { to: string; ref?: Ref<HTMLAnchorElement> }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
