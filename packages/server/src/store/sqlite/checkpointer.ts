// oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a thread has no origin
import { Worker } from "node:worker_threads";

/** Rows written between two checkpoints. */
const EVERY = 2000;

/** Length of the log beside the file, in pages of 4 KiB, at which a commit does the checkpoint itself. */
export const LONGEST_LOG = 4000;

/** What the thread is told of a store's file, and what it answers once that is done. */
export type Ask = { do: "open" | "checkpoint" | "close"; file: string; store: number };

/**
 * Brings what was committed from `-wal` into the file, on a thread of its own: that takes milliseconds of waiting for
 * the disk, which commits would wait for too. SQLite's own checkpoint, on the thread that commits, is left for when
 * the log gets long all the same: it can start the log anew, which takes a moment without a commit, and finds little
 * left to do. https://www.sqlite.org/wal.html, "Checkpointing"
 */
export class Checkpointer {
  readonly #file: string;
  readonly #store = ++stores;
  #busy = false;
  #rows = 0;

  /** The thread is there from now on: Bun ends the process where one cannot be started for want of descriptors. */
  constructor(file: string) {
    this.#file = file;
    void this.#ask("open");
  }

  /** Tells that so many rows more are in the log. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows < EVERY || this.#busy) return;
    this.#rows = 0;
    this.#busy = true;
    void this.#ask("checkpoint").then(() => (this.#busy = false));
  }

  /** Resolves once the thread has let go of the file. */
  stop(): Promise<void> {
    return this.#ask("close");
  }

  #ask(what: Ask["do"]): Promise<void> {
    return ask({ do: what, file: this.#file, store: this.#store });
  }
}

let stores = 0;
/** One thread for all stores of this process: to start one takes as long as fifty commits. */
let thread: Worker | null = null;
let hasFailed = false;
const waiting: (() => void)[] = [];

/** Resolves once it is done; or cannot be: without the thread commits do the checkpoints, slower, and just as safe. */
function ask(what: Ask): Promise<void> {
  if (hasFailed) return Promise.resolve();
  thread ??= start();
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  thread.postMessage(what);
  return promise;
}

function start(): Worker {
  const worker = new Worker(new URL("./checkpoint.worker.ts", import.meta.url));
  worker.on("message", () => waiting.shift()?.());
  worker.on("error", () => {
    hasFailed = true;
    for (const resolve of waiting.splice(0)) resolve();
  });
  worker.unref();
  return worker;
}
