import { SkeinError } from "@skein/client/protocol";

/** Whose agent it is. */
export type SlotHolder = {
  /** Asks it to end its agent, which is idle; `false` when the agent is at work after all. */
  giveUp(): boolean;
};

type Waiter = { holder: SlotHolder; resolve: (release: () => void) => void };

/**
 * Bounds how many agents run at once. Whoever wants one more waits in line; an agent that is idle is ended for it, the
 * one that is idle for the longest first.
 */
export class AgentSlots {
  readonly #most: number;
  readonly #running = new Set<SlotHolder>();
  readonly #waiting: Waiter[] = [];
  /** Those whose agent is idle, the longest first. */
  readonly #idle = new Set<SlotHolder>();
  /** Those whose agent is being ended for another. */
  readonly #leaving = new Set<SlotHolder>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Resolves with what gives the slot back, once there is one.
   * @param waits Called when there is none yet.
   * @throws SkeinError `agent` when the signal is aborted meanwhile.
   */
  async take(holder: SlotHolder, signal: AbortSignal, waits: () => void): Promise<() => void> {
    if (this.#waiting.length === 0 && this.#running.size < this.#most) return this.#give(holder);
    waits();
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const waiter = { holder, resolve };
    const leave = (): void => {
      const place = this.#waiting.indexOf(waiter);
      if (place >= 0) this.#waiting.splice(place, 1);
      reject(new SkeinError("agent", "The agent was not wanted any more."));
    };
    if (signal.aborted) leave();
    else this.#waiting.push(waiter);
    signal.addEventListener("abort", leave);
    this.#makeRoom();
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }

  /** The holder's agent is idle: it may be ended for another. */
  idle(holder: SlotHolder): void {
    this.#idle.add(holder);
    this.#makeRoom();
  }

  /** The holder's agent is at work, or gone. */
  busy(holder: SlotHolder): void {
    this.#idle.delete(holder);
  }

  #makeRoom(): void {
    for (const holder of this.#idle) {
      if (this.#leaving.size >= this.#waiting.length) return;
      // Added first: its agent may be gone at once.
      this.#leaving.add(holder);
      if (holder.giveUp()) this.#idle.delete(holder);
      else this.#leaving.delete(holder);
    }
  }

  #give(holder: SlotHolder): () => void {
    // A holder has a new agent only once the one before is gone: another slot is another object.
    const slot = { giveUp: () => holder.giveUp() };
    this.#running.add(slot);
    return () => {
      if (!this.#running.delete(slot)) return;
      this.#leaving.delete(holder);
      const next = this.#waiting.shift();
      if (next) next.resolve(this.#give(next.holder));
    };
  }
}
