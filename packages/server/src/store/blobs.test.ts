import { describe, expect, spyOn, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Blobs } from "./blobs.ts";

/** Runs a test on blobs in a directory of their own. */
async function inPlace(run: (place: { directory: string; blobs: Blobs }) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "skein-blobs-"));
  try {
    await run({ directory: join(root, "blobs"), blobs: new Blobs(join(root, "blobs")) });
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("a blob is named by its bytes, kept once, and comes back as it was", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-blobs-"));
  try {
    const blobs = new Blobs(join(directory, "blobs"));
    const bytes = new Uint8Array([0, 255, 1, 2]);
    const names = await Promise.all([blobs.put(bytes), blobs.put(bytes), blobs.put(new Uint8Array())]);
    expect(names[0]).toBe(new Bun.CryptoHasher("sha256").update(bytes).digest("hex"));
    expect(names[1]).toBe(names[0]);
    expect(names[2]).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(await (await blobs.get(names[0]))?.bytes()).toEqual(bytes);
    expect(await (await blobs.get(names[2]))?.bytes()).toEqual(new Uint8Array());
    expect(readdirSync(join(directory, "blobs", "new"))).toEqual([]);
    expect(await blobs.get("0".repeat(64))).toBeNull();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("what a power cut left short is whole again when its bytes are put again, whichever way", async () => {
  await inPlace(async ({ directory, blobs }) => {
    const bytes = new TextEncoder().encode("whole");
    const name = await blobs.put(bytes);
    for (const again of [async () => blobs.put(bytes), async () => (await blobs.take(inChunks(bytes))).name]) {
      for (const left of [0, 3]) {
        truncateSync(join(directory, name.slice(0, 2), name), left);
        expect(await again()).toBe(name);
        expect(await (await blobs.get(name))?.text()).toBe("whole");
      }
    }
    expect(readdirSync(join(directory, "new"))).toEqual([]);
  });
});

test("what comes in chunks is kept as if it had been put; of what breaks off nothing is left", async () => {
  await inPlace(async ({ directory, blobs }) => {
    const bytes = Uint8Array.from({ length: 50_000 }, (_, at) => at % 251);
    const name = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    for (let round = 0; round < 2; round++) {
      expect(await blobs.take(inChunks(bytes))).toEqual({ name, bytes: 50_000 });
      expect(await (await blobs.get(name))?.bytes()).toEqual(bytes);
      expect(await blobs.put(bytes)).toBe(name);
    }
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(1);
      expect(readdirSync(join(directory, "new"))).toHaveLength(1);
      throw new Error("broken off");
    };
    expect(await blobs.take(broken()).catch(String)).toBe("Error: broken off");
    expect((await blobs.take(inChunks(new Uint8Array()))).bytes).toBe(0);
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const left = readdirSync(directory, { recursive: true }).filter((path) => String(path).length > 60);
    expect(left.map((path) => String(path).slice(-64)).toSorted()).toEqual([name, empty].toSorted());
    expect(readdirSync(join(directory, "new"))).toEqual([]);
  });
});

test("with full durability a blob and its name are on the disk before it counts as kept, else none waits for that", async () => {
  await inPlace(async ({ directory }) => {
    const probe = await open(tmpdir());
    const sync = spyOn(Object.getPrototypeOf(probe) as typeof probe, "sync");
    await probe.close();
    const syncs = async (durability: "normal" | "full"): Promise<number> => {
      const blobs = new Blobs(join(directory, durability), durability);
      const before = sync.mock.calls.length;
      await blobs.put(new TextEncoder().encode("put"));
      await blobs.take(inChunks(new TextEncoder().encode("taken")));
      return sync.mock.calls.length - before;
    };
    try {
      expect(await syncs("normal")).toBe(0);
      // Each the file, and the three directories on the way to it.
      expect(await syncs("full")).toBe(8);
    } finally {
      sync.mockRestore();
    }
  });
});

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 7_000) yield bytes.subarray(at, at + 7_000);
}

test("L32: a name that is no SHA-256 reaches no file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-blobs-"));
  try {
    writeFileSync(join(directory, "secret"), "x");
    const blobs = new Blobs(join(directory, "blobs"));
    for (const name of [
      "../secret",
      "..",
      "",
      "A".repeat(64),
      `${"0".repeat(64)}/../../../secret`,
      `${"0".repeat(64)}\n`,
    ]) {
      expect(await blobs.get(name)).toBeNull();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("a collection", () => {
  const signal = new AbortController().signal;
  const DAY_MS = 24 * 3_600_000;
  const bytesOf = (text: string) => new TextEncoder().encode(text);

  /** Blobs as they were left by a server that has ended, so many days old. */
  async function left(directory: string, days: number, ...texts: string[]): Promise<string[]> {
    const names = await Promise.all(texts.map(async (text) => new Blobs(directory).put(bytesOf(text))));
    const then = new Date(Date.now() - days * DAY_MS);
    for (const name of names) utimesSync(join(directory, name.slice(0, 2), name), then, then);
    return names;
  }

  const names = (directory: string) => readdirSync(directory, { recursive: true }).map(String);
  const there = (directory: string) => names(directory).flatMap((path) => /[0-9a-f]{64}$/.exec(path) ?? []);
  const nothingElse = async (given: string[]) => new Set(given);

  test("deletes what is old and named nowhere, and nothing else", async () => {
    await inPlace(async ({ directory, blobs }) => {
      const [gone, named] = (await left(directory, 3, "gone", "named")) as [string, string];
      const [young] = (await left(directory, 1, "young")) as [string];
      const asked: string[][] = [];
      const unnamed = async (given: string[]) => {
        asked.push(given.toSorted());
        return new Set(given.filter((name) => name !== named));
      };
      expect(await blobs.collect(Date.now() - 2 * DAY_MS, unnamed, signal)).toBe(1);
      expect(asked).toEqual([[gone, named].toSorted()]);
      expect(there(directory).toSorted()).toEqual([named, young].toSorted());
      expect(await blobs.get(gone)).toBeNull();
      expect(await blobs.put(bytesOf("gone"))).toBe(gone);
      expect(await (await blobs.get(gone))?.text()).toBe("gone");
    });
  });

  test("finds nothing where no blob was ever put, and leaves alone what is no blob", async () => {
    await inPlace(async ({ directory, blobs }) => {
      expect(await blobs.collect(Date.now(), nothingElse, signal)).toBe(0);
      await left(directory, 3, "a");
      const then = new Date(0);
      for (const path of ["readme", "aa", "new/half"]) {
        await Bun.write(join(directory, path, "x"), "");
        utimesSync(join(directory, path, "x"), then, then);
      }
      writeFileSync(join(directory, "new", "unfinished"), "h");
      utimesSync(join(directory, "new", "unfinished"), then, then);
      writeFileSync(join(directory, "new", "under way"), "h");
      expect(await blobs.collect(Date.now() - DAY_MS, nothingElse, signal)).toBe(1);
      expect(readdirSync(join(directory, "new")).toSorted()).toEqual(["half", "under way"]);
      expect([readdirSync(join(directory, "readme")), readdirSync(join(directory, "aa"))]).toEqual([["x"], ["x"]]);
    });
  });

  test("what is put or claimed while it runs stays, and until what names it can have been written", async () => {
    await inPlace(async ({ directory, blobs }) => {
      const [put, claimed, gone] = (await left(directory, 9, "put", "claimed", "gone")) as [string, string, string];
      const meanwhile = async (given: string[]) => {
        expect(await blobs.put(bytesOf("put"))).toBe(put);
        expect(await blobs.claim(claimed)).toBe(true);
        return new Set(given);
      };
      const collect = async (unnamed = nothingElse) => blobs.collect(Date.now() - 7 * DAY_MS, unnamed, signal);
      expect(await collect(meanwhile)).toBe(1);
      expect(there(directory).toSorted()).toEqual([put, claimed].toSorted());
      expect(await blobs.claim(gone)).toBe(false);
      // Claimed before the next one, which may still be before it is written; not so before the one after.
      expect(await collect()).toBe(0);
      expect(await collect()).toBe(1);
      // What was put again is young again, for a server after this one too.
      expect(await new Blobs(directory).collect(Date.now() - 7 * DAY_MS, nothingElse, signal)).toBe(0);
      expect(there(directory)).toEqual([put]);
    });
  });

  test("many are deleted in steps between which others get their turn, and none after its end", async () => {
    await inPlace(async ({ directory, blobs }) => {
      await left(directory, 9, ...Array.from({ length: 450 }, (_, n) => `blob ${n}`));
      const end = new AbortController();
      const unnamed = async (given: string[]) => {
        // Runs between two steps.
        setImmediate(() => setImmediate(() => end.abort()));
        return new Set(given);
      };
      const deleted = await blobs.collect(Date.now(), unnamed, end.signal);
      expect(deleted).toBeGreaterThan(0);
      expect(deleted).toBeLessThan(450);
      expect(there(directory)).toHaveLength(450 - deleted);
    });
  });
});
