import { SkeinError } from "@skein/client/protocol";

/** What SQLite's result code means for whoever asked: https://www.sqlite.org/rescode.html */
export function storeError(error: unknown, file: string): SkeinError {
  if (error instanceof SkeinError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (code === "SQLITE_FULL") return diskFull(file, error);
  if (isLock(code)) {
    const message = `Another program keeps the database ${file} locked: nothing is accepted, nothing is lost. End its transaction.`;
    return new SkeinError("busy", message, { retryAfterMs: 1000, cause: error });
  }
  if (isDamage(error)) return damaged(file, said, error);
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM") {
    const message = `The database ${file} cannot be written: ${said}. Check the rights of the file and its directory.`;
    return new SkeinError("internal", message, { retry: "never", cause: error });
  }
  const reason = said.replace(/\.$/, "");
  // SQLite's errors, and those of files, have a code; what has none went wrong in Skein, and another disk is no help.
  const what = code === "" ? "Skein failed at what was to be written" : `The database ${file} failed`;
  return new SkeinError("internal", `${what}: ${reason}. Nothing was written.`, { cause: error });
}

/** There is no room for what is to be written. Whoever tries again later finds some, once a person has made it. */
function diskFull(file: string, cause: unknown): SkeinError {
  const message = `The disk is full: nothing is accepted, nothing is lost. Free some space for ${file}.`;
  return new SkeinError("busy", message, { retryAfterMs: 2000, cause });
}

/** Whether another program held the database, which may be over in a moment; a full disk is not. */
export function isLocked(error: unknown): boolean {
  return isLock(codeOf(error instanceof SkeinError ? error.cause : error));
}

const isLock = (code: string): boolean => code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED");

/** Whether SQLite finds that a file is not what it should be. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** The file is not what it should be; it is left as it is. */
export function damaged(file: string, what: string, cause?: unknown): SkeinError {
  return new SkeinError(
    "internal",
    `The database ${file} is damaged: ${what}. It was left as it is. Save what can be read with: ` +
      `sqlite3 '${file}' .recover | sqlite3 recovered.sqlite. Or remove it and put a backup in its place, after you have ` +
      `removed ${file}-wal and ${file}-shm as well: they belong to the file that was there, and damage any other.`,
    { retry: "never", cause },
  );
}
