/** Time, passed in, so that a test can move it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after `ms` milliseconds, unless cancelled. */
  setTimeout(run: () => void, ms: number): Timer;
};

/** What `Clock.setTimeout` gives. `cancel` is harmless once it ran. */
export type Timer = { cancel(): void };

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(run, ms) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
