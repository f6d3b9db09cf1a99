// oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a thread has no origin
import { Worker } from "node:worker_threads";

/** Rows written between two checkpoints. */
const EVERY = 2000;

/** Length of the log beside the file, in pages of 4 KiB, at which a commit does the checkpoint itself. */
export const LONGEST_LOG = 4000;

/**
 * Brings what was committed from `-wal` into the file, on a thread of its own: that takes milliseconds of waiting for
 * the disk, which commits would wait for too. SQLite's own checkpoint, on the thread that commits, is left for when
 * the log gets long all the same: it can start the log anew, which takes a moment without a commit, and finds little
 * left to do. https://www.sqlite.org/wal.html, "Checkpointing"
 */
export class Checkpointer {
  readonly #file: string;
  #worker: Worker | null = null;
  #busy = false;
  #rows = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Tells that so many rows more are in the log. */
  wrote(rows: number): void {
    this.#rows += rows;
    if (this.#rows < EVERY || this.#busy) return;
    this.#rows = 0;
    this.#busy = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage("checkpoint");
  }

  /** Ends the thread, once it has let go of the file. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage("end");
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./checkpoint.worker.ts", import.meta.url), { workerData: this.#file });
    worker.on("message", () => void (this.#busy = false));
    // Without the thread, which stays `busy` then, commits do the checkpoints: slower, and just as safe.
    worker.on("error", () => void (this.#worker = null));
    worker.unref();
    return worker;
  }
}
