import { createContext, useContext, useSyncExternalStore } from "react";

/** Where one reads: an item, and how far below the timeline's upper edge its row begins, in pixels. */
export type Anchor = { readonly item: string; readonly top: number };

/**
 * What the reader has opened in a thread, and where they read. It outlives the rows, which come and go as one scrolls,
 * and the page, which goes when another thread is looked at. Each row listens to its own entry only.
 */
export class ViewState {
  readonly #open = new Map<string, boolean>();
  readonly #inSight = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #folds: ReadonlySet<string> = new Set();
  /** Where one was when the thread was left; `null` at its end. */
  anchor: Anchor | null = null;

  /** The keys of the folds that are open; the same set until one changes. */
  get folds(): ReadonlySet<string> {
    return this.#folds;
  }

  isOpen(key: string, fallback: boolean): boolean {
    return this.#open.get(key) ?? fallback;
  }

  setOpen(key: string, open: boolean): void {
    this.#open.set(key, open);
    if (key.startsWith("fold ")) {
      const folds = new Set(this.#folds);
      if (open) folds.add(key);
      else folds.delete(key);
      this.#folds = folds;
    }
    this.#tell();
  }

  /** Whether the buttons of a request's card are on the screen. */
  isInSight(request: string): boolean {
    return this.#inSight.has(request);
  }

  setInSight(request: string, inSight: boolean): void {
    if (this.#inSight.has(request) === inSight) return;
    if (inSight) this.#inSight.add(request);
    else this.#inSight.delete(request);
    this.#tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const views = new Map<string, ViewState>();

/** The view of a thread, the same for as long as the app lives. */
export function viewOf(thread: string): ViewState {
  const view = views.get(thread) ?? new ViewState();
  views.set(thread, view);
  return view;
}

export const ViewContext = createContext<ViewState>(new ViewState());

/** Whether a part of the thread is open, and how to change that. */
export function useOpen(key: string, fallback = false): [boolean, (open: boolean) => void] {
  const view = useContext(ViewContext);
  const open = useSyncExternalStore(view.subscribe, () => view.isOpen(key, fallback));
  return [open, (next) => view.setOpen(key, next)];
}
