type Waiting = { at: number; order: number; run: () => void };

/** A clock that stands still until a test moves it. */
export class TestClock {
  #now: number;
  #order = 0;
  #waiting: Waiting[] = [];

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, ms: number): { cancel(): void } {
    const waiting: Waiting = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#waiting.push(waiting);
    return { cancel: () => void (this.#waiting = this.#waiting.filter((each) => each !== waiting)) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#waiting.length;
  }

  /** Moves time on, running what falls due in order; `between` runs after each. */
  advance(ms: number, between: () => void = () => {}): void {
    const end = this.#now + ms;
    while (this.runNext(end)) between();
    this.#now = end;
  }

  /** The machine sleeps: time passes, and every timer that fell due meanwhile runs only now, late. */
  sleep(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  /** Runs the first timer that falls due by `end`. @returns Whether there was one. */
  runNext(end: number): boolean {
    const next = this.#waiting.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
    if (next === undefined || next.at > end) return false;
    this.#waiting = this.#waiting.filter((each) => each !== next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}
