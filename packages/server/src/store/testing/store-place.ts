import type { Store } from "../contract.ts";

/** A place for one store, empty at first. */
export type StorePlace = {
  /** Opens the store, also again on what it holds once it was closed. */
  open(options?: { now?: () => number }): Promise<Store>;
  /**
   * Opens a copy of what a crash at this moment would leave of the store, which stays open; any earlier copy is
   * closed. The copy may have a new epoch.
   */
  crashed(): Promise<Store>;
  /** Closes what is open and deletes it. */
  remove(): Promise<void>;
};
