import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Blobs } from "./blobs.ts";

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

test("LESSONS: a name that is no SHA-256 reaches no file", async () => {
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
