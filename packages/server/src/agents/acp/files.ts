import { constants } from "node:fs";
import { mkdir, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as z from "zod";
import type { Json } from "@skein/client/protocol";
import { RequestError, RPC } from "../rpc-peer.ts";
import { isCode, isInside, resolveReal } from "./inside.ts";
import { readParams } from "./params.ts";

const count = z.int().nonnegative().nullish();
const readRequest = z.looseObject({ path: z.string().min(1), line: count, limit: count });
const writeRequest = z.looseObject({ path: z.string().min(1), content: z.string() });

/** A write outside the working directory, as a person is asked about it; `before` is the file's text, if it has one. */
export type OutsideWrite = { path: string; directory: string; before: string | null; content: string };

/** What a person says of one: `always` allows all that is below its directory. */
export type Leave = "once" | "always" | "refused";

/**
 * ACP's `fs/*` methods. An agent reads what its user may read, and writes in its working directory; what it would write
 * elsewhere a person is asked about. That is no wall: an agent has a shell.
 */
export class Files {
  readonly #root: string;
  readonly #maxBytes: number;
  /** Real directories outside the root below which an agent may write. */
  readonly #allowed = new Set<string>();

  /** @param maxBytes the largest file that can be read */
  constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#maxBytes = maxBytes;
  }

  /**
   * `fs/read_text_file`: the text of a file, or `limit` lines of it from `line` (the first is 1), their newlines kept.
   * @throws RequestError not found, no regular file, too large.
   */
  async read(params: Json | undefined): Promise<Json> {
    const { path, line, limit } = readParams(readRequest, params);
    const text = await guarded(path, async () => this.#textOf(path));
    return { content: linesOf(text, line ?? 1, limit ?? Number.POSITIVE_INFINITY) };
  }

  /**
   * `fs/write_text_file`: replaces a file's text, making the file and its folders when there are none.
   * `ask` is called for a file outside the working directory, unless all below its directory is allowed already.
   * @throws RequestError not allowed, no regular file, refused by the system.
   */
  async write(params: Json | undefined, ask: (write: OutsideWrite) => Promise<Leave>): Promise<Json> {
    const { path, content } = readParams(writeRequest, params);
    await guarded(path, async () => {
      const { real, inside } = await resolveReal(this.#root, path);
      if (!inside && ![...this.#allowed].some((directory) => isInside(directory, real))) {
        const before = await this.#textOf(real).catch(() => null);
        const leave = await ask({ path: real, directory: dirname(real), before, content });
        if (leave === "refused") throw new RequestError(RPC.cancelled, `Nobody allowed to write ${real}.`, { path });
        if (leave === "always") this.#allowed.add(dirname(real));
      }
      await mkdir(dirname(real), { recursive: true });
      const file = await openDecided(real);
      try {
        if (!(await file.stat()).isFile()) throw notRegular(path);
        await file.truncate();
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    });
    return {};
  }

  async #textOf(path: string): Promise<string> {
    // Not to wait for a writer, should it be a pipe.
    const file = await open(resolve(this.#root, path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw notRegular(path);
      if (stat.size > this.#maxBytes) {
        const size = `${path} has ${stat.size} bytes, more than the ${this.#maxBytes} that can be read.`;
        throw new RequestError(RPC.invalidParams, size, { path });
      }
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  }
}

/**
 * Opens the file at a real path for writing, and no other: a folder on the way may have been swapped for a link since the
 * path was looked at. So its folder is opened first, and what was opened says where it lies; Linux opens a file in it.
 */
async function openDecided(real: string): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const folder = await open(dirname(real), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const handle = `/proc/self/fd/${folder.fd}`;
    const where = await readlink(handle).catch(() => null);
    // Elsewhere there is no such link: the folder is looked at once more by its path.
    const lies = where ?? (await realpath(dirname(real)));
    if (lies !== dirname(real)) {
      throw new RequestError(RPC.internal, `${real} was moved while it was opened: try again.`, { path: real });
    }
    const path = where === null ? real : join(handle, basename(real));
    return await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
  } finally {
    await folder.close();
  }
}

const notRegular = (path: string): RequestError =>
  new RequestError(RPC.invalidParams, `${path} is not a regular file.`, { path });

async function guarded<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof RequestError) throw error;
    if (isCode(error, "ENOENT")) throw new RequestError(RPC.notFound, `${path} does not exist.`, { path });
    if (isCode(error, "ENXIO")) throw notRegular(path);
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestError(RPC.internal, `${path}: ${reason}`, { path });
  }
}

/** `limit` lines of a text from line `first` (counted from 1), each with its newline. */
function linesOf(text: string, first: number, limit: number): string {
  let start = 0;
  for (let line = 1; line < first; line++) {
    const newline = text.indexOf("\n", start);
    if (newline < 0) return "";
    start = newline + 1;
  }
  let end = start;
  for (let line = 0; line < limit; line++) {
    const newline = text.indexOf("\n", end);
    if (newline < 0) return text.slice(start);
    end = newline + 1;
  }
  return text.slice(start, end);
}
