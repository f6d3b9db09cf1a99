import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../sqlite.ts";
import { append, put, T, write } from "../testing/edits.ts";

/** A page in SQLite's log: https://www.sqlite.org/fileformat2.html#walformat */
const FRAME = 4096 + 24;

test("a token costs one page of the log, and the next start knows where the log ends", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-pages-"));
  const file = join(directory, "skein.sqlite");
  try {
    const store = await SqliteStore.open({ file });
    await store.commit([
      write(T, put("message", "m1", { pos: 1, status: "streaming", text: "" })),
      write("thread:two", put("message", "m1", { pos: 1, status: "streaming", text: "" })),
    ]);
    await store.commit([write(T, append("m1", 0, "token "))]);
    const before = statSync(`${file}-wal`).size;
    const tokens = 200;
    for (let n = 1; n <= tokens; n++) await store.commit([write(T, append("m1", 6 * n, "token "))]);
    const pages = (statSync(`${file}-wal`).size - before) / FRAME;
    // A table takes a new page now and then, which another has to name.
    expect(pages / tokens).toBeLessThan(1.2);
    expect(await store.head(T)).toMatchObject({ seq: tokens + 2 });
    await store.close();
    const again = await SqliteStore.open({ file });
    expect(await again.head(T)).toMatchObject({ seq: tokens + 2 });
    expect(await again.entity(T, "message", "m1")).toMatchObject({ text: "token ".repeat(tokens + 1) });
    await again.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 60_000);
