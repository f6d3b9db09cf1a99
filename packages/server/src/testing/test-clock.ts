import { TestClock as StandingClock } from "../../../../test/support/test-clock.ts";
import type { Clock, Timer } from "../clock.ts";

/** A clock that stands still until a test moves it, for what does its work in promises. */
export class TestClock implements Clock {
  readonly #clock: StandingClock;
  #setBy = 0;

  constructor(start?: number) {
    this.#clock = new StandingClock(start);
  }

  now(): number {
    return this.#clock.now() + this.#setBy;
  }

  elapsed(): number {
    return this.#clock.now();
  }

  /** Sets the clock to another time, that many milliseconds later or earlier; no time passes. */
  set(by: number): void {
    this.#setBy += by;
  }

  setTimeout(run: () => void, ms: number): Timer {
    return this.#clock.setTimeout(run, ms);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#clock.pending;
  }

  /** Moves time on, running what falls due in order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed() + ms;
    while (this.#clock.runNext(end)) await settle();
    this.#clock.advance(end - this.elapsed());
    await settle();
  }
}

/** Lets every promise that can settle without I/O or time do so. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}
