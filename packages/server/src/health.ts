/**
 * What keeps the server from accepting work for the time being, such as a full disk. It is told beside the log, because
 * the log is what cannot be written then.
 */
export class Health {
  readonly #problems = new Map<object, string>();
  readonly #listeners = new Set<(problem: string | null) => void>();

  /** The problem that began first and still lasts, in a sentence for people; `null` when there is none. */
  get problem(): string | null {
    for (const problem of this.#problems.values()) return problem;
    return null;
  }

  /** Notes a problem of whoever has it; a second one of the same takes the place of the first. */
  begin(of: object, problem: string): void {
    this.#change(() => this.#problems.set(of, problem));
  }

  end(of: object): void {
    this.#change(() => this.#problems.delete(of));
  }

  /** Calls the listener whenever `problem` changes. */
  onChange(listener: (problem: string | null) => void): void {
    this.#listeners.add(listener);
  }

  #change(change: () => void): void {
    const before = this.problem;
    change();
    const { problem } = this;
    if (problem === before) return;
    for (const listener of this.#listeners) listener(problem);
  }
}
