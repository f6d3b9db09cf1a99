import type { Commit } from "../protocol/changes.ts";
import type { SkeinError } from "../protocol/errors.ts";
import type { Replica } from "../replica/replica.ts";
import type { Ask } from "./ask.ts";
import type { Subscription, WatchStatus } from "./subscription.ts";

export type WatchContext = {
  /** Sends a request when there is a connection, again after a loss. */
  send(ask: Ask): void;
  /** Why no connection will be tried, if so. */
  refusal(): SkeinError | null;
  released(): void;
};

/**
 * One holder's view of a topic; all holders of a topic share one replica and one subscription. Made by
 * `SkeinClient.watch`.
 */
export class Watch {
  readonly #subscription: Subscription;
  readonly #context: WatchContext;
  #stops = new Set<() => void>();
  #readingBack = false;
  #released = false;

  constructor(subscription: Subscription, context: WatchContext) {
    this.#subscription = subscription;
    this.#context = context;
  }

  /**
   * The topic's content. Its values are immutable, so that `replica.get(kind, id)` and `replica.timeline()` are
   * stable snapshots. Another, empty one once the status is `gone`.
   */
  get replica(): Replica {
    return this.#subscription.replica;
  }

  /** How far the topic is; listen with `onStatus`. */
  get status(): WatchStatus {
    return this.#subscription.status;
  }

  /** Why the topic is `gone`, else `null`. */
  get error(): SkeinError | null {
    return this.#subscription.error;
  }

  /** How many commits the replica lacks, as far as the server has told; 0 when it is live or nothing is known. */
  get behind(): number {
    return this.#subscription.behind;
  }

  /**
   * Resolves once the first content is there.
   * @throws SkeinError when the topic is not to be had, the server will not have this client, or the watch ends.
   */
  ready(): Promise<void> {
    const refusal = this.replica.epoch === null ? this.#context.refusal() : null;
    return refusal ? Promise.reject(refusal) : this.#subscription.ready();
  }

  /**
   * Calls the listener after each commit that was applied; a snapshot is one with `after: null`. What changes without a
   * commit, `onWindow` tells.
   * @returns How to stop it.
   */
  onChange(listener: (commit: Commit) => void): () => void {
    return this.#listen(this.#subscription.commitListeners, listener);
  }

  /**
   * Calls the listener after older items came, or were forgotten at the far end of the window: whichever holder loads,
   * follows again, or lets the window move on with what comes.
   * @returns How to stop it.
   */
  onWindow(listener: (replica: Replica) => void): () => void {
    return this.#listen(this.#subscription.windowListeners, listener);
  }

  /** Calls the listener after each change of `status`. @returns How to stop it. */
  onStatus(listener: (status: WatchStatus) => void): () => void {
    return this.#listen(this.#subscription.statusListeners, listener);
  }

  /** Asks again for a topic that is `gone`, for all who watch it; harmless in any other status. */
  retry(): void {
    if (!this.#released) this.#subscription.retry();
  }

  /** Looks at older items: nothing is forgotten at the far end of the window from now on, until `follow()`. */
  readBack(): void {
    if (this.#readingBack || this.#released) return;
    this.#readingBack = true;
    this.#subscription.readBack(1);
  }

  /**
   * Loads a page of older items, reading back from now on. A second call while one is under way joins it.
   * @returns Whether there are older items still.
   * @throws SkeinError when the server refused, or the client was closed.
   */
  loadOlder(): Promise<boolean> {
    if (this.#released) return Promise.resolve(false);
    this.readBack();
    return this.#subscription.history.load((ask) => this.#context.send(ask));
  }

  /** Looks at the newest items again: what is older than the window is forgotten, unless another holder reads it. */
  follow(): void {
    if (this.#readingBack) this.#subscription.readBack(-1);
    this.#readingBack = false;
  }

  /** Ends it; with the last holder, the subscription. Its listeners are not called any more. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    for (const stop of this.#stops) stop();
    this.follow();
    this.#context.released();
  }

  #listen<Value>(listeners: Set<(value: Value) => void>, listener: (value: Value) => void): () => void {
    if (this.#released) return () => {};
    const own = (value: Value): void => listener(value);
    listeners.add(own);
    const stop = (): void => {
      listeners.delete(own);
      this.#stops.delete(stop);
    };
    this.#stops.add(stop);
    return stop;
  }
}
