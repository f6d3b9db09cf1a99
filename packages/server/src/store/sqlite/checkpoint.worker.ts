// oxlint-disable unicorn/require-post-message-target-origin -- that is for windows; a thread has no origin
import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";

/** The thread of `Checkpointer`. */
const database = new Connection(workerData as string, { readwrite: true, strict: true });
database.run("PRAGMA busy_timeout = 0");
const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");

parentPort?.on("message", (what: "checkpoint" | "end") => {
  if (what === "end") {
    database.close();
    parentPort?.close();
    return;
  }
  try {
    checkpoint.get();
  } catch {
    // A full disk, or a lock: what was committed stays in the log, and the next checkpoint takes it too.
  }
  parentPort?.postMessage("done");
});
