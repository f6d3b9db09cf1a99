/** Time, passed in, so that a test can move it. */
export interface Clock {
  /** Milliseconds since 1970, as the machine's clock has it: somebody may set that to any other time. */
  now(): number;
  /** Milliseconds since some moment; only ever goes on. What measures how long something takes goes by this. */
  elapsed(): number;
  /** Runs once after `ms` milliseconds, unless cancelled. A waiting timer does not keep the process alive. */
  setTimeout(run: () => void, ms: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout(run, ms) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
