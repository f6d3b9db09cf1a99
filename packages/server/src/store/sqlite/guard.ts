import { SkeinError } from "@skein/client/protocol";
import type { Lineage } from "./lineage.ts";
import type { Opened } from "./open.ts";

/** How often the files of the database are looked at, in milliseconds. */
const LOOK_MS = 1000;

/**
 * Sees to it that nothing is written to a database that is one no more: a file that was deleted or replaced can be written
 * to as if nothing had happened, and so can one that a second server has begun to use.
 */
export class Guard {
  readonly #opened: Opened;
  readonly #lineage: Lineage;
  readonly #file: string;
  readonly #tell: (error: SkeinError) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #lost: SkeinError | null = null;

  /** @param tell Is told once, when the database is lost. */
  constructor(opened: Opened, lineage: Lineage, file: string, tell: (error: SkeinError) => void) {
    this.#opened = opened;
    this.#lineage = lineage;
    this.#file = file;
    this.#tell = tell;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Asked within each transaction that writes. @throws SkeinError when the database is lost. */
  check(): void {
    if (this.#lost === null && !this.#lineage.isNewest) {
      const message = `Another Skein server has begun to use the database ${this.#file}, because its lock file was deleted.`;
      this.#lose(new SkeinError("internal", `${message} Nothing more is accepted here.`, { retry: "never" }));
    }
    if (this.#lost !== null) throw this.#lost;
  }

  /** Looks for the last time. Returns why the database is lost, if it is. */
  end(): SkeinError | null {
    this.#look();
    clearInterval(this.#timer);
    return this.#lost;
  }

  #look(): void {
    const error = this.#lost === null ? this.#opened.look() : null;
    if (error === null) return;
    const copy = `${this.#file}-saved-${Date.now()}`;
    try {
      // What was deleted is there as long as it is open.
      this.#opened.database.run("VACUUM INTO ?", [copy]);
      this.#lose(new SkeinError(error.kind, `${error.message} What it held is saved as ${copy}.`, { retry: "never" }));
    } catch (cause) {
      this.#lose(new SkeinError(error.kind, error.message, { retry: "never", cause }));
    }
  }

  #lose(error: SkeinError): void {
    this.#lost = error;
    clearInterval(this.#timer);
    this.#tell(error);
  }
}
