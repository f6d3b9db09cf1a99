import { access, constants, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Clock } from "../clock.ts";

/** An answer holds this long, in milliseconds: programs are installed while the server runs. */
const REMEMBERED_MS = 3_000;

/** Tells whether programs are installed, as a shell would find them. */
export class ProgramSearch {
  readonly #clock: Clock;
  readonly #path: string;
  readonly #known = new Map<string, { until: number; found: Promise<boolean> }>();

  /** @param path the `PATH` to look in */
  constructor(clock: Clock, path: string) {
    this.#clock = clock;
    this.#path = path;
  }

  has(program: string): Promise<boolean> {
    const known = this.#known.get(program);
    const now = this.#clock.now();
    if (known && known.until > now) return known.found;
    const found = this.#look(program);
    this.#known.set(program, { until: now + REMEMBERED_MS, found });
    return found;
  }

  async #look(program: string): Promise<boolean> {
    const places = program.includes("/")
      ? [resolve(program)]
      : this.#path.split(delimiter).flatMap((directory) => (directory === "" ? [] : [join(directory, program)]));
    const runnable = await Promise.all(places.map(isRunnable));
    return runnable.includes(true);
  }
}

async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not ours to run: either way no program.
    return false;
  }
}
