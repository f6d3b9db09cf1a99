import type { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { SkeinError } from "@skein/client/protocol";
import { LONGEST_LOG } from "./checkpointer.ts";
import { Connection } from "./connection.ts";
import { damaged, storeError } from "./errors.ts";
import { identityOf, Lock } from "./lock.ts";
import { type Migration, MIGRATIONS } from "./schema.ts";

/** Marks the file as Skein's, see `PRAGMA application_id`: "Skei" in ASCII. */
const APPLICATION_ID = 0x536b6569;

export type OpenOptions = {
  file: string;
  durability: "normal" | "full";
  /** How long opening and closing wait for someone who holds the database. */
  busyTimeoutMs: number;
  migrations?: readonly Migration[];
};

/** A database that is ours alone, checked and brought to this version. */
export type Opened = {
  database: Database;
  /** Whether the last run ended as it should, or there was none: then nothing of it can be left. */
  endedClean: boolean;
  /** Tells the lock file that the run begins. */
  begin(): void;
  /** What has become of the database's files meanwhile, if it can be used no more; a deleted lock file is made anew. */
  look(): SkeinError | null;
  /** Lets go of both; a `clean` end, one with nothing left undone, is told to the next run. */
  end(clean: boolean): void;
};

/**
 * Opens a database, or makes it. Until `begin` nothing is written but migrations, each whole or not at all.
 * @throws SkeinError when it is damaged, locked, not ours, or of a newer version; the file is then as it was.
 */
export function open(options: OpenOptions): Opened {
  const { file, durability } = options;
  let lock = Lock.take(file);
  let database: Connection | undefined;
  try {
    const { last } = lock;
    if (last !== null && !existsSync(file)) throw gone(file);
    const isNew = !existsSync(file) || statSync(file).size === 0;
    const isAsLeft = !isNew && last?.clean === true && last.mark === fileMark(file);
    const opened = (database = new Connection(file, { create: true, strict: true }));
    opened.run(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    if (!isNew) check(opened, file, isAsLeft);
    configure(opened);
    migrate(opened, file, options.migrations ?? MIGRATIONS);
    opened.run(`PRAGMA synchronous = ${durability}`);
    const identity = identityOf(file);
    const look = (): SkeinError | null => {
      if (identityOf(file) !== identity) return replaced(file);
      if (lock.isInPlace) return null;
      try {
        const again = Lock.take(file);
        again.record({ mark: "", clean: false });
        lock.release();
        lock = again;
        return null;
      } catch (error) {
        return storeError(error, file);
      }
    };
    return {
      database: opened,
      look,
      endedClean: last === null ? isNew : last.clean,
      begin() {
        lock.record({ mark: "", clean: false });
      },
      end(clean) {
        let settled = false;
        try {
          // Someone who reads just now can keep the newest commits out of the file: they stay in `-wal`, not flushed.
          opened.run(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
          settled =
            clean &&
            look() === null &&
            opened.query<{ busy: number }, []>("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy === 0;
        } catch (error) {
          throw storeError(error, file);
        } finally {
          opened.close();
          if (settled) lock.record({ mark: fileMark(file), clean: true });
          lock.release();
        }
      },
    };
  } catch (error) {
    database?.close();
    lock.release();
    throw storeError(error, file);
  }
}

const gone = (file: string): SkeinError =>
  new SkeinError(
    "internal",
    `The database ${file} is gone, though a server has used it here. Put it, or a backup of it, in its place. ` +
      `To begin anew with nothing, delete ${file}-lock.`,
    { retry: "never" },
  );

const replaced = (file: string): SkeinError =>
  new SkeinError(
    "internal",
    `The database ${file} was deleted or replaced while Skein used it. Nothing more is accepted.`,
    { retry: "never" },
  );

/**
 * Tells a file from another one, and from itself once it was changed in any way: by its inode, and by its `ctime`, which
 * no copying program can set.
 */
function fileMark(file: string): string {
  const { ino, ctimeNs } = statSync(file, { bigint: true });
  return `${ino}:${ctimeNs}`;
}

/** Reads only. After an end that was not clean it looks at every page, which takes about a second per gigabyte. */
function check(database: Database, file: string, clean: boolean): void {
  refuseForeign(database, file);
  if (clean) return;
  const said = database.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
  if (said !== "ok") throw damaged(file, said ?? "no answer to quick_check");
}

/** @throws SkeinError for another program's database. Reads only. */
export function refuseForeign(database: Database, file: string): void {
  const id = database.query<{ application_id: number }, []>("PRAGMA application_id").get()?.application_id;
  const isEmpty = database.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() === null;
  if (id === APPLICATION_ID || isEmpty) return;
  throw new SkeinError(
    "invalid",
    `${file} is a database, but not Skein's. It was left as it is. Choose another place.`,
  );
}

/**
 * Returns the version of the schema.
 * @throws SkeinError for one that is newer than all of the migrations. Reads only.
 */
export function refuseNewer(database: Database, file: string, migrations: readonly Migration[] = MIGRATIONS): number {
  const found = database.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (found <= newest) return found;
  throw new SkeinError(
    "unsupported",
    `The database ${file} was written by a newer Skein (its version ${found}, this one knows ${newest}). ` +
      "It was left as it is. Install that version again.",
  );
}

function configure(database: Database): void {
  database.run("PRAGMA journal_mode = WAL");
  database.run(`PRAGMA wal_autocheckpoint = ${LONGEST_LOG}`);
  database.run("PRAGMA cache_size = -16000");
  database.run("PRAGMA temp_store = MEMORY");
  // A log that one long read has let grow is cut back to this at the next chance.
  database.run(`PRAGMA journal_size_limit = ${64 * 1024 * 1024}`);
}

/** Takes the schema to the newest version, a transaction for each step. */
export function migrate(database: Database, file: string, migrations: readonly Migration[]): void {
  const found = refuseNewer(database, file, migrations);
  for (const { version, sql } of migrations) {
    if (version <= found) continue;
    database.transaction(() => {
      database.run(sql);
      database.run(`PRAGMA user_version = ${version}`);
      database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    })();
  }
}
