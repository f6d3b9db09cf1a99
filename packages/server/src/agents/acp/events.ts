import type { DriverEvent, OpenOptions } from "../driver.ts";

/**
 * The one way out for everything that happens, so that the order of calls is the order of events (G8). Nothing
 * follows `exited`, and nothing comes out once it was muted, or once something could not be taken.
 */
export class Events {
  readonly #takers: Pick<OpenOptions, "emit" | "record">;
  readonly #broken: () => void;
  #muted = false;
  #failed = false;

  /** @param broken called when an event or a line could not be taken: nobody listens any more */
  constructor(takers: Pick<OpenOptions, "emit" | "record">, broken: () => void) {
    this.#takers = takers;
    this.#broken = broken;
  }

  /** Never throws nor rejects. */
  readonly emit = (event: DriverEvent): void | Promise<void> => {
    if (this.#muted || this.#failed) return;
    if (event.type === "exited") this.#muted = true;
    try {
      const taken = this.#takers.emit(event);
      if (taken) return taken.catch(this.#fail);
    } catch {
      this.#fail();
    }
  };

  /** Never throws. */
  readonly record = (direction: "in" | "out" | "error", line: string): void => {
    if (this.#failed) return;
    try {
      this.#takers.record(direction, line);
    } catch {
      this.#fail();
    }
  };

  mute(): void {
    this.#muted = true;
  }

  /** What went wrong is known to whoever could not take it; here it only matters that the agent must not go on. */
  readonly #fail = (): void => {
    if (this.#failed) return;
    this.#failed = true;
    this.#broken();
  };
}
