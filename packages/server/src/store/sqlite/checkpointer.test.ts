import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../sqlite.ts";
import { put, T, write } from "../testing/edits.ts";

const MEGABYTE = 1024 * 1024;

test("what is committed comes into the file while commits go on, without waiting for it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-checkpoint-"));
  const file = join(directory, "skein.sqlite");
  try {
    // SQLite's own checkpoint is off: what comes into the file, the thread has brought there.
    const store = await SqliteStore.open({ file, pragmas: ["wal_autocheckpoint = 0"] });
    let pos = 0;
    while (statSync(file).size < 4 * MEGABYTE) {
      await store.commit([
        write(T, ...Array.from({ length: 20 }, () => put("note", `n${++pos}`, { pos, text: "x".repeat(500) }))),
      ]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const head = await store.head(T);
    await store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const again = await SqliteStore.open({ file });
    expect(await again.head(T)).toEqual({ epoch: again.epoch, seq: head?.seq ?? 0 });
    expect(await again.lastPosition(T)).toBe(pos);
    await again.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 60_000);
