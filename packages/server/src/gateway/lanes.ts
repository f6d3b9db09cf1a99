/** Work of one name is done one after the other, in the order it came; that of different names side by side. */
export class Lanes {
  /** The end of the last work of each name that is not done yet. */
  readonly #ends = new Map<string, Promise<void>>();

  /** Does the work in its turn. What came before it may have failed: that is for its own asker. */
  run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#ends.get(name);
    const done = before === undefined ? work() : before.then(work);
    const end = done
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (this.#ends.get(name) === end) this.#ends.delete(name);
      });
    this.#ends.set(name, end);
    return done;
  }
}
