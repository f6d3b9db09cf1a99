import type { SkeinError } from "../protocol/errors.ts";
import type { Method, Result } from "../protocol/methods.ts";
import type { Ask } from "./ask.ts";

/** Requests that change nothing: they wait for a way to be sent, and are sent again when the answer was lost. */
export class Requests {
  readonly #send: (ask: Ask) => boolean;
  readonly #queued = new Set<Ask>();
  readonly #sent = new Set<Ask>();

  /** @param send Sends a request by whatever way there is; `false` when there is none. */
  constructor(send: (ask: Ask) => boolean) {
    this.#send = send;
  }

  /**
   * Asks until there is an answer, or it is not wanted any more.
   * @throws SkeinError that the server answered, or why there will be no answer; the signal's reason.
   */
  ask<Name extends Method>(method: Name, params: unknown, signal?: AbortSignal): Promise<Result<Name>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const ask: Ask = {
        method,
        params,
        settle: (outcome) => {
          signal?.removeEventListener("abort", abort);
          if (outcome.type === "result") resolve(outcome.result as Result<Name>);
          else if (outcome.type === "error") reject(outcome.error);
        },
      };
      const abort = (): void => {
        this.#queued.delete(ask);
        this.#sent.delete(ask);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.submit(ask);
    });
  }

  /** Sends a request as soon as can be; its outcome is never `lost`. */
  submit(ask: Ask): void {
    this.#queued.add(ask);
    this.flush();
  }

  /** Sends what can be sent. What only a socket carries, as `history`, keeps nothing that HTTP carries from being sent. */
  flush(): void {
    const unsent: Ask[] = [];
    for (const ask of this.#queued) {
      this.#queued.delete(ask);
      this.#sent.add(ask);
      const sent = this.#send({
        ...ask,
        settle: (outcome) => {
          // It may have been given up meanwhile.
          if (!this.#sent.delete(ask)) return;
          if (outcome.type === "lost") this.submit(ask);
          else ask.settle(outcome);
        },
      });
      if (!sent) unsent.push(ask);
    }
    const later = [...this.#queued];
    this.#queued.clear();
    // It may have been given up meanwhile.
    for (const ask of [...unsent.filter((each) => this.#sent.delete(each)), ...later]) this.#queued.add(ask);
  }

  /** No connection will be tried: nobody is to wait for one. */
  giveUp(error: SkeinError): void {
    const all = [...this.#sent, ...this.#queued];
    this.#sent.clear();
    this.#queued.clear();
    for (const ask of all) ask.settle({ type: "error", error });
  }
}
