import type { FrameScheduler } from "./frames.ts";

/** What a cell is made of. */
export type Reading<Value> = {
  /** Names of what it depends on: touched, it is computed anew in the next frame. */
  keys: readonly string[];
  /** Gives the value; the previous one, when it is equal, so that nothing renders without need. */
  compute(previous: Value | undefined): Value;
  /** Called while somebody listens; returns how to end that. */
  retain?(): () => void;
};

/** A value that components read. While somebody listens to it, it changes in frames only. */
export class Cell<Value> {
  readonly #reading: Reading<Value>;
  readonly #signals: Signals;
  readonly #listeners = new Set<() => void>();
  #value: Value | undefined;
  /** What `compute` threw instead of giving a value: whoever reads the cell gets it, and no other cell. */
  #failure: { error: unknown } | null = null;
  #release: (() => void) | undefined;

  constructor(signals: Signals, reading: Reading<Value>) {
    this.#signals = signals;
    this.#reading = reading;
  }

  get keys(): readonly string[] {
    return this.#reading.keys;
  }

  /** @throws What `compute` threw. */
  readonly get = (): Value => {
    if (this.#listeners.size === 0) this.#compute();
    if (this.#failure) throw this.#failure.error;
    return this.#value as Value;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener();
    if (this.#listeners.size === 0) {
      this.#release = this.#reading.retain?.();
      this.#compute();
      this.#signals.add(this);
    }
    this.#listeners.add(own);
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return;
      this.#signals.remove(this);
      this.#release?.();
    };
  };

  /** Computes the value anew. @returns Whether it changed. */
  refresh(): boolean {
    const [before, failure] = [this.#value, this.#failure];
    this.#compute();
    return !Object.is(before, this.#value) || failure !== this.#failure;
  }

  tell(report: (error: unknown) => void): void {
    tellAll(this.#listeners, report);
  }

  #compute(): void {
    try {
      this.#value = this.#reading.compute(this.#value);
      this.#failure = null;
    } catch (error) {
      this.#failure = { error };
    }
  }
}

/** Calls every listener; one that throws is reported and keeps no other from being called. */
export function tellAll(listeners: Iterable<() => void>, report: (error: unknown) => void): void {
  for (const listener of listeners) {
    try {
      listener();
    } catch (error) {
      report(error);
    }
  }
}

/**
 * Carries changes to those who look. However much is touched between two frames, in the next one each cell is computed
 * once and its listeners are told once; all values move before anyone is told, so that no picture mixes old and new.
 */
export class Signals {
  readonly #frames: FrameScheduler;
  readonly #report: (error: unknown) => void;
  readonly #cells = new Map<string, Set<Cell<unknown>>>();
  #touched = new Set<Cell<unknown>>();
  #requested = false;

  /** @param report Told of what a listener threw. */
  constructor(frames: FrameScheduler, report: (error: unknown) => void) {
    this.#frames = frames;
    this.#report = report;
  }

  add(cell: Cell<unknown>): void {
    for (const key of cell.keys) {
      const cells = this.#cells.get(key);
      if (cells) cells.add(cell);
      else this.#cells.set(key, new Set([cell]));
    }
  }

  remove(cell: Cell<unknown>): void {
    this.#touched.delete(cell);
    for (const key of cell.keys) {
      const cells = this.#cells.get(key);
      cells?.delete(cell);
      if (cells?.size === 0) this.#cells.delete(key);
    }
  }

  /** Something changed: whoever depends on it is told in the next frame. */
  touch(key: string): void {
    const cells = this.#cells.get(key);
    if (cells === undefined) return;
    for (const cell of cells) this.#touched.add(cell);
    if (this.#requested) return;
    this.#requested = true;
    this.#frames(() => this.#flush());
  }

  #flush(): void {
    this.#requested = false;
    const touched = this.#touched;
    this.#touched = new Set();
    const changed = [...touched].filter((cell) => cell.refresh());
    for (const cell of changed) cell.tell(this.#report);
  }
}
