/** A place in a line: `turn` resolves when all before it have left; `leave` lets the next one go, and may be repeated. */
export type Place = { readonly turn: Promise<void>; leave(): void };

/** Lets those who come go on in the order in which they came, in as many lines as there are names. */
export class Turnstile {
  /** Resolves when the last one in a line has left. */
  readonly #lines = new Map<string, Promise<unknown>>();

  enter(name: string): Place {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const before = this.#lines.get(name);
    const turn = before === undefined ? Promise.resolve() : before.then(() => {});
    const line = Promise.all([turn, left]).then(() => {
      if (this.#lines.get(name) === line) this.#lines.delete(name);
    });
    this.#lines.set(name, line);
    return { turn, leave };
  }
}
