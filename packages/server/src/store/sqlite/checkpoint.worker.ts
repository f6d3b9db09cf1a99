// oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a thread has no origin
import { parentPort } from "node:worker_threads";
import type { Ask } from "./checkpointer.ts";
import { Connection } from "./connection.ts";

/** The thread of `Checkpointer`. */
type Opened = { database: Connection; checkpoint: { get(): unknown } };
const opened = new Map<number, Opened>();

parentPort?.on("message", (asked: Ask) => {
  try {
    carryOut(asked);
  } catch {
    // A full disk, or a lock: what was committed stays in the log, and the next checkpoint takes it too.
  }
  parentPort?.postMessage("done");
});

function carryOut({ do: what, file, store }: Ask): void {
  switch (what) {
    case "open":
      open(file, store);
      break;
    case "checkpoint":
      // It could not be opened before where another held it just then.
      (opened.get(store) ?? open(file, store)).checkpoint.get();
      break;
    case "close":
      opened.get(store)?.database.close();
      opened.delete(store);
      break;
    default:
      what satisfies never;
  }
}

function open(file: string, store: number): Opened {
  const database = new Connection(file, { readwrite: true, strict: true });
  try {
    database.run("PRAGMA busy_timeout = 0");
    const found = { database, checkpoint: database.prepare("PRAGMA wal_checkpoint(PASSIVE)") };
    opened.set(store, found);
    return found;
  } catch (error) {
    database.close();
    throw error;
  }
}
