import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { SkeinError } from "@skein/client/protocol";
import { Connection } from "./connection.ts";
import { isDamage, storeError } from "./errors.ts";

/** What the last run left in the lock file: whether it ended as it should, and then how it left the database (`fileMark`). */
export type RunRecord = { clean: boolean; mark: string };

/**
 * Keeps a second server away from a database while people may still read it with `sqlite3`: a small database next to
 * it, `<file>-lock`, held exclusively. The operating system lets go of it when the process dies, however it dies.
 * It also remembers how the last run ended.
 */
export class Lock {
  readonly #database: Database;
  readonly #path: string;
  readonly #identity: string;

  private constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#identity = identityOf(path);
  }

  /** @throws SkeinError `busy` when another process has it; else `internal`, saying what to do. */
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
      return new Lock(database, path);
    } catch (error) {
      database?.close();
      const known = lockError(error, path);
      if (known.kind !== "busy") throw known;
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

  /** The last run's record; `null` when there was none. @throws SkeinError `internal`, saying what to do. */
  get last(): RunRecord | null {
    const row = this.#guard(() => this.#database.query<{ record: string }, []>("SELECT record FROM run").get());
    return row ? (JSON.parse(row.record) as RunRecord) : null;
  }

  /** Durable when it returns. @throws SkeinError `internal`, saying what to do. */
  record(run: RunRecord): void {
    this.#guard(() => this.#database.query("INSERT OR REPLACE INTO run VALUES (1, ?)").run(JSON.stringify(run)));
  }

  /** Whether the file is there still: once it was deleted, a second server could take another. */
  get isInPlace(): boolean {
    return identityOf(this.#path) === this.#identity;
  }

  release(): void {
    this.#database.close();
  }

  /** The database beside it is not to be blamed for what is wrong with this one. */
  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw lockError(error, this.#path);
    }
  }
}

/** Tells a file from any other there is; empty where there is none. */
export function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}` : "";
}

function lockError(error: unknown, path: string): SkeinError {
  if (!isDamage(error)) return storeError(error, path);
  const message = `The lock file ${path} is damaged. It holds nothing of value: delete it.`;
  return new SkeinError("internal", message, { retry: "never", cause: error });
}
