import type { Database } from "bun:sqlite";
import { SkeinError } from "@skein/client/protocol";
import { Connection } from "./connection.ts";
import { storeError } from "./errors.ts";

/** What the last run left in the lock file, of how it began and how it ended. */
export type RunRecord = {
  /** Name of the run, also in the database itself: unequal when one of the two files was put in the other's place. */
  run: string;
  /** Identity of the database file, see `fileMark`. */
  mark: string;
  boot: string;
  durability: string;
  clean: boolean;
};

/**
 * Keeps a second server away from a database while people may still read it with `sqlite3`: a small database next to
 * it, `<file>-lock`, held exclusively. The operating system lets go of it when the process dies, however it dies.
 * It also remembers the last run, outside of the file that a restored backup replaces.
 */
export class Lock {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws SkeinError `busy` when another process has it. */
  static take(file: string): Lock {
    const path = `${file}-lock`;
    let database: Connection | undefined;
    try {
      database = new Connection(path, { create: true, strict: true });
      database.run("PRAGMA busy_timeout = 0");
      database.run("PRAGMA locking_mode = EXCLUSIVE");
      // In this mode the lock taken by the first write transaction stays after its end.
      database.run("BEGIN EXCLUSIVE");
      database.run("CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL)");
      database.run("COMMIT");
      return new Lock(database);
    } catch (error) {
      database?.close();
      const known = storeError(error, path);
      if (known.kind !== "busy") {
        const message = `The lock file ${path} cannot be used: ${known.message} It holds nothing of value: delete it.`;
        throw new SkeinError("internal", message, { retry: "never", cause: error });
      }
      throw new SkeinError(
        "busy",
        `Another Skein server uses the database ${file}. Stop it, or choose another directory.`,
        {
          retry: "never",
          cause: error,
        },
      );
    }
  }

  /** The last run's record; `null` when there was none. */
  get last(): RunRecord | null {
    const row = this.#database.query<{ record: string }, []>("SELECT record FROM run").get();
    return row ? (JSON.parse(row.record) as RunRecord) : null;
  }

  /** Durable when it returns. */
  record(run: RunRecord): void {
    this.#database.query("INSERT OR REPLACE INTO run VALUES (1, ?)").run(JSON.stringify(run));
  }

  release(): void {
    this.#database.close();
  }
}
