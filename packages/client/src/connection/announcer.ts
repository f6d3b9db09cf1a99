/**
 * Runs listeners after the work they are told of is done: a listener that throws, reconnects, closes or subscribes
 * finds a consistent client and harms neither it nor other listeners.
 */
export class Announcer {
  readonly #report: (error: unknown) => void;
  #queue: (() => void)[] = [];
  #depth = 0;

  /** @param report Told of what a listener threw; never throws. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Does the work, holding back what is to be told until all of it, and all work around it, is done. */
  during(work: () => void): void {
    this.#depth++;
    try {
      work();
    } finally {
      this.#depth--;
      this.#run();
    }
  }

  /** Runs something once the work under way is done; at once when there is none. */
  after(run: () => void): void {
    this.#queue.push(run);
    this.#run();
  }

  /** Tells every listener that is still there when its turn comes. */
  tell<Value>(listeners: ReadonlySet<(value: Value) => void>, value: Value): void {
    for (const listener of listeners) {
      this.#queue.push(() => {
        if (listeners.has(listener)) listener(value);
      });
    }
    this.#run();
  }

  #run(): void {
    if (this.#depth > 0) return;
    this.#depth++;
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const tell of batch) {
        try {
          tell();
        } catch (error) {
          this.#report(error);
        }
      }
    }
    this.#depth--;
  }
}

/** Tells `onError`, or the console. A handler that throws must not end what it is told of: both errors go to the console. */
export function reporter(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    try {
      if (onError) onError(error);
      else console.error(error);
    } catch (thrown) {
      console.error(error);
      console.error(thrown);
    }
  };
}
