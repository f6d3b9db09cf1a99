import { access, constants, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
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

  /** Whether there is a program of that name or path; as it was up to three seconds ago. */
  has(program: string): Promise<boolean> {
    const known = this.#known.get(program);
    const now = this.#clock.elapsed();
    if (known && known.until > now) return known.found;
    const found = this.find(program);
    this.#known.set(program, { until: now + REMEMBERED_MS, found });
    return found;
  }

  /**
   * Whether there is one right now.
   * @param cwd where it is to be started: what is no absolute path is one from there
   * @param path the `PATH` to look in, where it is another
   */
  async find(program: string, cwd = ".", path = this.#path): Promise<boolean> {
    const places = program.includes("/")
      ? [resolve(cwd, program)]
      : path.split(delimiter).flatMap((directory) => (directory === "" ? [] : [resolve(cwd, directory, program)]));
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
