import { createHash } from "node:crypto";
import { statSync, unlinkSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SkeinError } from "@skein/client/protocol";

/** A blob's name wherever it stands in a text. */
export const BLOB_NAME = /[0-9a-f]{64}/g;
const NAME = /^[0-9a-f]{64}$/;

/** Files that are looked at and deleted before others get their turn. */
const AT_ONCE = 100;
const turnOfOthers = () => new Promise((resolve) => setImmediate(resolve));

/** What was written: its name, and how many bytes it has. */
type Filled = { name: string; bytes: number };

/**
 * Files named by the SHA-256 of their bytes, so that the same content is kept once and never changes. One is there
 * whole or not at all: it is written beside its place and then renamed. After a power cut that holds of those alone
 * whose bytes had reached the disk; one that is shorter then is written anew when its bytes are put again.
 */
export class Blobs {
  readonly #directory: string;
  readonly #durability: "normal" | "full";
  /** Names that something is about to refer to: since the newest collection began, and since the one before it. */
  #wanted: [Set<string>, Set<string>] = [new Set(), new Set()];

  /** @param durability With `full` a blob that was put survives a power cut, at the cost of some speed. */
  constructor(directory: string, durability: "normal" | "full" = "normal") {
    this.#directory = directory;
    this.#durability = durability;
  }

  /** Keeps the bytes and returns their name: SHA-256 in lower-case hexadecimal. */
  async put(bytes: Uint8Array): Promise<string> {
    const name = createHash("sha256").update(bytes).digest("hex");
    if (!(await this.#renew(name, bytes.byteLength))) {
      await this.#write(async (file) => {
        await file.writeFile(bytes);
        return { name, bytes: bytes.byteLength };
      });
    }
    return name;
  }

  /**
   * Keeps what comes, and returns its name as `put` does. Each chunk is written before the next is asked for: however
   * much comes, no more than that is held. When the chunks end in a fault, that is thrown and nothing is kept.
   */
  async take(chunks: AsyncIterable<Uint8Array>): Promise<Filled> {
    return this.#write(async (file) => {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        await file.writeFile(chunk);
      }
      return { name: hash.digest("hex"), bytes };
    });
  }

  /** The file, or `null` when there is none; a name that is no SHA-256 names nothing, so no path can be smuggled in. */
  async get(sha256: string): Promise<Bun.BunFile | null> {
    if (!NAME.test(sha256)) return null;
    const file = Bun.file(this.#place(sha256));
    return (await file.exists()) ? file : null;
  }

  /** Whether there is such a blob. If so it stays for a day at least, so that what names it can be written. */
  async claim(sha256: string): Promise<boolean> {
    if (!NAME.test(sha256)) return false;
    // Before the look: from here on no collection deletes it.
    this.#wanted[0].add(sha256);
    const isThere = await Bun.file(this.#place(sha256)).exists();
    if (!isThere) this.#wanted[0].delete(sha256);
    return isThere;
  }

  /**
   * Deletes blobs that nothing refers to, and what a crash left unfinished. To be called a day or more apart.
   *
   *   listed: old enough ─▶ of these, named nowhere ─▶ wanted by nobody since the collection before ─▶ deleted
   *
   * @param before Milliseconds since 1970: only what was put, for the last time, before then.
   * @param unnamed Finds those of the names that nothing refers to.
   * @param signal Ends it early.
   * @returns How many were deleted.
   */
  async collect(
    before: number,
    unnamed: (names: string[]) => Promise<Set<string>>,
    signal: AbortSignal,
  ): Promise<number> {
    this.#wanted = [new Set(), this.#wanted[0]];
    for (const path of await olderThan(before, join(this.#directory, "new"))) await rm(path, { force: true });
    const old: string[] = [];
    for (const name of await namesIn(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(name)) continue;
      const paths = await olderThan(before, join(this.#directory, name));
      old.push(...paths.map((path) => path.slice(-64)).filter((each) => NAME.test(each)));
    }
    if (old.length === 0 || signal.aborted) return 0;
    let deleted = 0;
    for (const [index, name] of [...(await unnamed(old))].entries()) {
      if (index % AT_ONCE === 0) await turnOfOthers();
      if (signal.aborted) break;
      // The look and the deletion are one step: who claims it after them finds that it is gone.
      if (this.#wanted.some((names) => names.has(name)) || !isOlder(before, this.#place(name))) continue;
      unlinkSync(this.#place(name));
      deleted++;
    }
    return deleted;
  }

  /** Whether the blob is there, with that many bytes. If so its age counts from now, also after a restart. */
  async #renew(name: string, bytes: number): Promise<boolean> {
    if (!(await this.claim(name))) return false;
    const place = this.#place(name);
    const found = await stat(place).catch(unlessMissing);
    if (found?.size !== bytes) return false;
    const now = new Date();
    await utimes(place, now, now);
    return true;
  }

  /** Lets a file be filled beside its place, and moves it there, unless it is there already. */
  async #write(fill: (file: FileHandle) => Promise<Filled>): Promise<Filled> {
    const temporary = join(this.#directory, "new", crypto.randomUUID());
    try {
      await mkdir(dirname(temporary), { recursive: true });
      const filled = await this.#fill(await open(temporary, "wx"), fill);
      if (await this.#renew(filled.name, filled.bytes)) await rm(temporary);
      else await this.#move(temporary, this.#place(filled.name));
      return filled;
    } catch (error) {
      await rm(temporary, { force: true });
      throw hasNoRoom(error) ? noRoom(this.#directory, error) : error;
    }
  }

  async #fill(file: FileHandle, fill: (file: FileHandle) => Promise<Filled>): Promise<Filled> {
    try {
      const filled = await fill(file);
      if (this.#durability === "full") await file.sync();
      return filled;
    } finally {
      await file.close();
    }
  }

  async #move(temporary: string, place: string): Promise<void> {
    await mkdir(dirname(place), { recursive: true });
    await rename(temporary, place);
    if (this.#durability !== "full") return;
    // The names on the way to it must be on the disk too.
    for (const directory of [dirname(place), this.#directory, dirname(this.#directory)]) {
      await syncDirectory(directory);
    }
  }

  /** A directory for each first two characters keeps any of them from growing too large to list. */
  #place(name: string): string {
    return join(this.#directory, name.slice(0, 2), name);
  }
}

const hasNoRoom = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

function noRoom(directory: string, cause: unknown): SkeinError {
  const message = `The disk is full: nothing is accepted, nothing is lost. No room left for files in ${directory}; free some space.`;
  return new SkeinError("busy", message, { retryAfterMs: 5000, cause });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The files of a directory that were last put before a time. */
async function olderThan(before: number, directory: string): Promise<string[]> {
  const older: string[] = [];
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(unlessMissing);
    if (found?.isFile() && found.mtimeMs < before) older.push(path);
  }
  return older;
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(unlessMissing)) ?? [];
}

const isOlder = (before: number, path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before;

function unlessMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
