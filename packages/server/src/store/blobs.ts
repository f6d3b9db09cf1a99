import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const NAME = /^[0-9a-f]{64}$/;

/**
 * Files named by the SHA-256 of their bytes, so that the same content is kept once and never changes. One is there
 * whole or not at all: it is written beside its place and then renamed.
 */
export class Blobs {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Keeps the bytes and returns their name: SHA-256 in lower-case hexadecimal. */
  async put(bytes: Uint8Array): Promise<string> {
    const name = createHash("sha256").update(bytes).digest("hex");
    if (await this.get(name)) return name;
    const temporary = join(this.#directory, "new", crypto.randomUUID());
    const place = this.#place(name);
    await mkdir(join(this.#directory, "new"), { recursive: true });
    await mkdir(join(place, ".."), { recursive: true });
    try {
      await Bun.write(temporary, bytes);
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return name;
  }

  /** The file, or `null` when there is none; a name that is no SHA-256 names nothing, so no path can be smuggled in. */
  async get(sha256: string): Promise<Bun.BunFile | null> {
    if (!NAME.test(sha256)) return null;
    const file = Bun.file(this.#place(sha256));
    return (await file.exists()) ? file : null;
  }

  /** A directory for each first two characters keeps any of them from growing too large to list. */
  #place(name: string): string {
    return join(this.#directory, name.slice(0, 2), name);
  }
}
