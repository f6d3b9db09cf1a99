import type { Topic } from "@skein/client/protocol";
import type { Store } from "../store/contract.ts";

/** Commits of a board that are kept one by one; a board has no turns to go by. */
const BOARD_KEPT = 1_000;

/**
 * Lets go of single steps that nobody needs any more: at each turn's end, those of the turns before it. Who was away
 * for longer is given what the steps have led to, which is less.
 */
export class LogFolding {
  readonly #store: Store;
  readonly #thread: Topic;
  readonly #board: Topic;
  readonly #report: (error: unknown) => void;
  /** Where the turn before the present one ended; 0 when that is not known. */
  #turnEnd = 0;

  constructor(context: { store: Store; report: (error: unknown) => void }, thread: Topic, board: Topic) {
    this.#store = context.store;
    this.#report = context.report;
    this.#thread = thread;
    this.#board = board;
  }

  /** A turn has ended, and that is durable. What cannot be folded now is folded at the next turn's end. */
  async turnEnded(): Promise<void> {
    try {
      const before = this.#turnEnd;
      this.#turnEnd = (await this.#store.head(this.#thread))?.seq ?? 0;
      if (before > 0) await this.#store.fold(this.#thread, before);
      const board = (await this.#store.head(this.#board))?.seq ?? 0;
      if (board > BOARD_KEPT) await this.#store.fold(this.#board, board - BOARD_KEPT);
    } catch (error) {
      this.#report(error);
    }
  }
}
