/** How much of an agent's stderr is kept, in UTF-16 units, and how many lines of it stand in an error. */
const KEPT = 64 * 1024;
const SHOWN_LINES = 40;

/** Keeps the end of what a program said on stderr. */
export class StderrTail {
  #lines: string[] = [];
  #length = 0;

  add(line: string): void {
    const kept = line.slice(-KEPT);
    this.#lines.push(kept);
    this.#length += kept.length + 1;
    while (this.#length > KEPT) this.#length -= (this.#lines.shift()?.length ?? 0) + 1;
  }

  /** The last lines, oldest first; empty when it said nothing. */
  get text(): string {
    return this.#lines.slice(-SHOWN_LINES).join("\n");
  }

  get lastLine(): string | undefined {
    return this.#lines.findLast((line) => line.trim() !== "")?.trim();
  }
}
