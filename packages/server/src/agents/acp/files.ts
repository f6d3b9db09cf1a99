import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import type { Json } from "@skein/client/protocol";
import { RequestError, RPC } from "../rpc-peer.ts";
import { isCode, resolveInside } from "./inside.ts";
import { readParams } from "./params.ts";

const count = z.int().nonnegative().nullish();
const readRequest = z.looseObject({ path: z.string().min(1), line: count, limit: count });
const writeRequest = z.looseObject({ path: z.string().min(1), content: z.string() });

/** ACP's `fs/*` methods: an agent's access to files, confined to its working directory. */
export class Files {
  readonly #root: string;
  readonly #maxBytes: number;

  /** @param maxBytes the largest file that can be read */
  constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#maxBytes = maxBytes;
  }

  /**
   * `fs/read_text_file`: the text of a file, or `limit` lines of it from `line` (the first is 1), their newlines kept.
   * @throws RequestError not found, outside, no regular file, too large.
   */
  async read(params: Json | undefined): Promise<Json> {
    const { path, line, limit } = readParams(readRequest, params);
    const text = await this.#guard(path, async (real) => {
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
      // Not to follow a link put there meanwhile, nor to wait for a writer, should it be a pipe.
      const file = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        const stat = await file.stat();
        if (!stat.isFile()) throw new RequestError(RPC.invalidParams, `${path} is not a regular file.`, { path });
        if (stat.size > this.#maxBytes) {
          const size = `${path} has ${stat.size} bytes, more than the ${this.#maxBytes} that can be read.`;
          throw new RequestError(RPC.invalidParams, size, { path });
        }
        return await file.readFile("utf8");
      } finally {
        await file.close();
      }
    });
    return { content: linesOf(text, line ?? 1, limit ?? Number.POSITIVE_INFINITY) };
  }

  /**
   * `fs/write_text_file`: replaces a file's text, making the file and its folders when there are none.
   * @throws RequestError outside, no regular file, refused by the system.
   */
  async write(params: Json | undefined): Promise<Json> {
    const { path, content } = readParams(writeRequest, params);
    await this.#guard(path, async (real) => {
      await mkdir(dirname(real), { recursive: true });
      const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
      const file = await open(real, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
      try {
        if (!(await file.stat()).isFile())
          throw new RequestError(RPC.invalidParams, `${path} is not a regular file.`, { path });
        await file.truncate();
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    });
    return {};
  }

  async #guard<Result>(path: string, use: (real: string) => Promise<Result>): Promise<Result> {
    try {
      return await use(await resolveInside(this.#root, path));
    } catch (error) {
      if (error instanceof RequestError) throw error;
      if (isCode(error, "ENOENT")) throw new RequestError(RPC.notFound, `${path} does not exist.`, { path });
      if (isCode(error, "ENXIO")) throw new RequestError(RPC.invalidParams, `${path} is not a regular file.`, { path });
      const reason = error instanceof Error ? error.message : String(error);
      throw new RequestError(RPC.internal, `${path}: ${reason}`, { path });
    }
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
