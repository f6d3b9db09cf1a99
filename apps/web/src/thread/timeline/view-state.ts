import { createContext, useContext, useSyncExternalStore } from "react";

/**
 * What the reader has opened in a thread. It outlives the rows, which come and go as one scrolls. Each row listens to its
 * own entry only.
 */
export class ViewState {
  readonly #open = new Map<string, boolean>();
  readonly #listeners = new Set<() => void>();
  #folds: ReadonlySet<string> = new Set();

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
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
}

export const ViewContext = createContext<ViewState>(new ViewState());

/** Whether a part of the thread is open, and how to change that. */
export function useOpen(key: string, fallback = false): [boolean, (open: boolean) => void] {
  const view = useContext(ViewContext);
  const open = useSyncExternalStore(view.subscribe, () => view.isOpen(key, fallback));
  return [open, (next) => view.setOpen(key, next)];
}
