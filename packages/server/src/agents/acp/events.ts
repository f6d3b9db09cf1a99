import type { DriverEvent } from "../driver.ts";

/**
 * The one way out for everything that happens, so that the order of calls is the order of events (G8). Nothing
 * follows `exited`, and nothing comes out once it was muted.
 */
export class Events {
  readonly #take: (event: DriverEvent) => void | Promise<void>;
  readonly #broken: (error: unknown) => void;
  #muted = false;

  /** @param broken called when an event could not be taken; nothing more is sent then */
  constructor(take: (event: DriverEvent) => void | Promise<void>, broken: (error: unknown) => void) {
    this.#take = take;
    this.#broken = broken;
  }

  /** Never throws nor rejects. */
  readonly emit = (event: DriverEvent): void | Promise<void> => {
    if (this.#muted) return;
    if (event.type === "exited") this.#muted = true;
    try {
      const taken = this.#take(event);
      if (taken) return taken.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  };

  mute(): void {
    this.#muted = true;
  }

  #fail(error: unknown): void {
    if (this.#muted) return;
    this.#muted = true;
    this.#broken(error);
  }
}
