import { isLocked } from "./errors.ts";

/** Between two tries, in milliseconds: little at first, for who only writes a row with `sqlite3`. */
const PAUSE_MS = { first: 1, longest: 20 };

/**
 * Writes that find the database locked by another program wait here, one after the other in their order, and nothing
 * is held up meanwhile: reads, which a lock does not hinder, go on. As long as nobody waits, a write is run at once.
 */
export class WriteQueue {
  readonly #boundMs: number;
  /** The newest of those that wait. */
  #last: Promise<unknown> | null = null;

  /** @param boundMs How long a write waits, those before it included. */
  constructor(boundMs: number) {
    this.#boundMs = boundMs;
  }

  /**
   * @param work Is tried until it finds the database free; what it throws then is thrown.
   * @throws SkeinError `busy` when it did not within the bound.
   */
  async run<Result>(work: () => Result): Promise<Result> {
    const deadline = performance.now() + this.#boundMs;
    if (this.#last === null) {
      try {
        return work();
      } catch (error) {
        if (!isLocked(error)) throw error;
      }
    }
    const waiting = this.#wait(work, deadline, this.#last);
    this.#last = waiting;
    try {
      return await waiting;
    } finally {
      if (this.#last === waiting) this.#last = null;
    }
  }

  async #wait<Result>(work: () => Result, deadline: number, before: Promise<unknown> | null): Promise<Result> {
    // Whether it could be written is told to who asked for it.
    await before?.catch(() => {});
    for (let pause = PAUSE_MS.first; ; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
      try {
        return work();
      } catch (error) {
        if (!isLocked(error) || performance.now() >= deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
