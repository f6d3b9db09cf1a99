import { statSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";
import { SkeinError } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import { forgetGroup, noteGroup } from "./leftovers.ts";

export type Exit = { code: number | null; signal: string | null };

/** How long each step of an ending may take, in milliseconds. */
export type Graces = {
  /** From the end of its stdin to SIGTERM. */
  inputMs: number;
  /** From SIGTERM to SIGKILL. */
  termMs: number;
};

export type ProcessOptions = {
  command: string;
  args: readonly string[];
  /** Added to this process's own environment. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Absolute. */
  cwd: string;
  stdin: "pipe" | "ignore";
};

/**
 * What agents start (builds, tests) may take every core; who watches and steers them must not have to wait for that.
 * POSIX nice values add up, so it is relative to what this server runs at.
 */
const NICER_BY = 5;

/** Between two looks at whether a group whose leader is gone still lives, in milliseconds. */
const LOOK_MS = 20;
/** SIGKILL cannot be refused; a process the kernel cannot end yet is not waited for longer than this. */
const KILLED_MS = 5000;

/** Groups in which somebody may still be. */
const living = new Set<ProcessGroup>();
// However this process leaves, as long as it can still do something: nobody would be left to end them, or to hear them.
process.on("exit", () => {
  for (const group of living) group.signal("SIGKILL");
});

/**
 * A program started as the leader of a process group of its own, so that signals reach all it started: a launcher's
 * child outlives signals sent to its launcher alone.
 */
export class ProcessGroup {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the leader has ended. */
  readonly exited: Promise<Exit>;
  readonly #child: Bun.Subprocess<"pipe" | "ignore", "pipe", "pipe">;
  readonly #env: ProcessOptions["env"];
  #unreadBytes = 0;
  #exit: Exit | null = null;
  /** Once nobody of the group is left its number may be given to another: it is never signalled again. */
  #empty = false;
  #ending: Promise<void> | null = null;

  private constructor(child: Bun.Subprocess<"pipe" | "ignore", "pipe", "pipe">, env: ProcessOptions["env"]) {
    this.#child = child;
    this.#env = env;
    this.pid = child.pid;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    living.add(this);
    noteGroup(env, this.pid);
    this.exited = child.exited.then(() => {
      const { signalCode } = child;
      const exit =
        signalCode === null ? { code: child.exitCode, signal: null } : { code: null, signal: String(signalCode) };
      this.#exit = exit;
      this.signal(0);
      return exit;
    });
  }

  /** @throws SkeinError `agent` when the program cannot be started, saying what to do about it. */
  static start(options: ProcessOptions): ProcessGroup {
    const { command, args, cwd } = options;
    const fail = (message: string, cause?: unknown): SkeinError =>
      new SkeinError("agent", message, { detail: { command, args: [...args], cwd }, cause });
    if (!isDirectory(cwd)) throw fail(`The working directory ${cwd} does not exist or is not a directory.`);
    try {
      const child = Bun.spawn([command, ...args], {
        cwd,
        env: { ...process.env, ...options.env },
        stdin: options.stdin,
        stdout: "pipe",
        stderr: "pipe",
        detached: true,
      });
      yieldToServer(child.pid);
      return new ProcessGroup(child, options.env);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ENOENT")
        throw fail(`The program "${command}" was not found: install it, or give its full path.`, error);
      if (code === "EACCES") throw fail(`The program "${command}" may not be run: it is not marked executable.`, error);
      throw fail(
        `The program "${command}" could not be started: ${error instanceof Error ? error.message : String(error)}.`,
        error,
      );
    }
  }

  /** Bytes written to its stdin that it has not taken yet. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Writes to its stdin. What a process that has ended can no longer take is dropped: its exit is what tells. */
  write(text: string): void {
    this.#withInput((input) => {
      const written = input.write(text);
      const flushed = input.flush();
      if (!(flushed instanceof Promise)) return [written];
      const bytes = Buffer.byteLength(text);
      this.#unreadBytes += bytes;
      return [written, flushed.then(() => void (this.#unreadBytes -= bytes))];
    });
  }

  endInput(): void {
    this.#withInput((input) => [input.end()]);
  }

  /** Sends a signal to every process of the group; `false` when there is none left. */
  signal(signal: NodeJS.Signals | 0): boolean {
    if (this.#empty) return false;
    try {
      process.kill(-this.pid, signal);
      return true;
    } catch {
      // ESRCH: nobody is left. EPERM: only the dead not yet collected are (macOS), or nobody we may signal.
      this.#empty = this.#exit !== null;
      if (this.#empty) this.#forget();
      return false;
    }
  }

  /** Ends the group: end of stdin, then SIGTERM, then SIGKILL. A group whose leader is gone starts at SIGTERM. */
  end(clock: Clock, graces: Graces): Promise<void> {
    // Ended as far as can be: its number is not signalled at the end of this process, when another may have it.
    this.#ending ??= this.#end(clock, graces).finally(() => this.#forget());
    return this.#ending;
  }

  #forget(): void {
    if (living.delete(this)) forgetGroup(this.#env, this.pid);
  }

  async #end(clock: Clock, graces: Graces): Promise<void> {
    this.endInput();
    if (this.#exit === null && (await this.#leaderGone(clock, graces.inputMs))) {
      if (!this.signal(0)) return;
    }
    if (!this.signal("SIGTERM")) return;
    if (await this.#groupGone(clock, graces.termMs)) return;
    this.signal("SIGKILL");
    await this.#leaderGone(clock, KILLED_MS);
  }

  async #groupGone(clock: Clock, ms: number): Promise<boolean> {
    const deadline = clock.elapsed() + ms;
    if (!(await this.#leaderGone(clock, ms))) return false;
    while (this.signal(0)) {
      if (clock.elapsed() >= deadline) return false;
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, LOOK_MS));
    }
    return true;
  }

  #leaderGone(clock: Clock, ms: number): Promise<boolean> {
    if (this.#exit) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => resolve(false), ms);
      void this.exited.then(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }

  #withInput(use: (input: Bun.FileSink) => unknown[]): void {
    const input = this.#child.stdin;
    if (typeof input !== "object" || this.#exit) return;
    try {
      for (const result of use(input)) if (result instanceof Promise) result.catch(ignoreClosedInput);
    } catch (error) {
      ignoreClosedInput(error);
    }
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Not there, or in a place we may not look into: either way nothing can be run there.
    return false;
  }
}

/** EPIPE and the like: the process has closed its stdin; its exit is what tells. */
function ignoreClosedInput(_error: unknown): void {}

/** Lowers a program's priority, and so that of all it starts. */
function yieldToServer(pid: number): void {
  try {
    setPriority(pid, Math.min(constants.priority.PRIORITY_LOW, getPriority() + NICER_BY));
  } catch (error) {
    // It has ended already, or the system does not allow it: it runs as it would have.
    if (!(error instanceof Error)) throw error;
  }
}
