import type { DriverEvent, OpenOptions } from "../driver.ts";

/**
 * The one way out for everything that happens, so that the order of calls is the order of events (G8). Nothing
 * follows `exited`, nothing comes out once it was muted, and nothing but `exited` once something could not be taken.
 */
export class Events {
  readonly #takers: Pick<OpenOptions, "emit" | "record">;
  readonly #broken: (error: unknown) => void;
  #muted = false;
  #failed = false;

  /** @param broken called with the reason when an event or a line could not be taken: the agent must not go on */
  constructor(takers: Pick<OpenOptions, "emit" | "record">, broken: (error: unknown) => void) {
    this.#takers = takers;
    this.#broken = broken;
  }

  /** Never throws nor rejects. */
  readonly emit = (event: DriverEvent): void | Promise<void> => {
    if (this.#muted || (this.#failed && event.type !== "exited")) return;
    if (event.type === "exited") this.#muted = true;
    try {
      const taken = this.#takers.emit(event);
      if (taken) return taken.catch(this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  };

  /** Never throws. */
  readonly record = (direction: "in" | "out" | "error", line: string): void => {
    if (this.#failed) return;
    try {
      this.#takers.record(direction, line);
    } catch (error) {
      this.#fail(error);
    }
  };

  mute(): void {
    this.#muted = true;
  }

  readonly #fail = (error: unknown): void => {
    if (this.#failed) return;
    this.#failed = true;
    this.#broken(error);
  };
}
