import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@skein/client/protocol";
import { SqliteStore } from "../sqlite.ts";
import { append, patch, put, read, T, U, write } from "../testing/edits.ts";

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "skein-trouble-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const streaming = (text: string) => ({ pos: 1, text, status: "streaming" });
const ballast = (n: number) => put("note", `n${n}`, { pos: n, text: "x".repeat(20_000) });

test("a fault that is not the database's is not blamed on it", async () => {
  const store = await SqliteStore.open({ file: join(directory, "skein.sqlite") });
  let deep: Json = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  const refused = await store.commit([write(T, put("tool", "t1", { pos: 1, deep }))]).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    kind: "internal",
    message: "Skein failed at what was to be written: Maximum call stack size exceeded. Nothing was written.",
  });
  await store.close();
});

describe("a disk that is full", () => {
  /** Fills the store until it refuses, and checks that the refused flush left nothing; `free` then makes room. */
  async function fill(store: SqliteStore, free: () => Promise<void>): Promise<void> {
    await store.commit([write(T, put("message", "m1", streaming("")), put("thread", "one", { title: "before" }))]);
    let text = "";
    let refused: unknown = null;
    for (let n = 2; refused === null; n++) {
      const token = `${n} `;
      const command = { user: "local", key: `key-${n}`, topic: T, answer: {} };
      try {
        await store.commit([
          {
            ...write(T, append("m1", text.length, token), patch("thread", "one", { title: token }), ballast(n)),
            command,
          },
          write(U, put("thread", "two", { title: token })),
        ]);
        text += token;
        continue;
      } catch (error) {
        refused = error;
      }
      expect(refused).toMatchObject({ name: "SkeinError", kind: "busy", retry: "later" });
      expect((refused as Error).message).toContain("nothing is accepted, nothing is lost");
      expect(await store.head(T)).toEqual({ epoch: store.epoch, seq: n - 1 });
      expect(await store.head(U)).toEqual(n === 2 ? null : { epoch: store.epoch, seq: n - 2 });
      expect(await store.answerTo("local", `key-${n}`)).toBeNull();
      expect(await store.entity(T, "note", `n${n}`)).toBeNull();
      expect(await store.entity(T, "thread", "one")).toEqual({ title: n === 2 ? "before" : `${n - 1} ` });
      expect(await store.entity(T, "message", "m1")).toEqual(streaming(text));
      expect(await store.lastPosition(T)).toBe(n - 1);
    }
    await free();
    // The refused text was taken back from memory too: what comes next goes where it would have gone.
    const { commits } = await store.commit([write(T, append("m1", text.length, "end"))]);
    expect(commits).toHaveLength(1);
    expect(await store.entity(T, "message", "m1")).toEqual(streaming(`${text}end`));
    expect(read(await store.snapshot(T)).changes).toContainEqual(put("message", "m1", streaming(`${text}end`)));
  }

  test("refuses the flush whole, and goes on once there is room", async () => {
    const file = join(directory, "skein.sqlite");
    // SQLite's own bound gives the error a full disk gives; the pages of a folded log are room again.
    const store = await SqliteStore.open({ file, pragmas: ["max_page_count = 800"] });
    await store.commit([write("board:b", ...Array.from({ length: 10 }, (_, n) => ballast(n)))]);
    await fill(store, () => store.fold("board:b", 1));
    await store.close();
  });

  test("a real one, of four megabytes", async () => {
    const mount = join(directory, "small");
    mkdirSync(mount);
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount]);
    if (!mounted.success) {
      console.warn("SKIPPED: a real full disk, because this user may not mount a small one.");
      return;
    }
    try {
      const other = join(mount, "other");
      writeFileSync(other, new Uint8Array(2.5 * 1024 * 1024));
      const store = await SqliteStore.open({ file: join(mount, "skein.sqlite") });
      await fill(store, async () => rmSync(other));
      await store.close();
      const again = await SqliteStore.open({ file: join(mount, "skein.sqlite") });
      expect((await again.entity(T, "message", "m1"))?.["text"]).toEndWith("end");
      await again.close();
    } finally {
      Bun.spawnSync(["umount", "-l", mount]);
    }
  });
});

test("a fault in the middle of a flush takes all of it back", async () => {
  const textOf = (_kind: string, value: Record<string, unknown>): string | null => {
    if (value["title"] === "bad") throw new Error("no text of this");
    return null;
  };
  const store = await SqliteStore.open({ file: join(directory, "skein.sqlite"), textOf });
  await store.commit([write(T, put("message", "m1", streaming("")))]);
  const half = [
    write(T, append("m1", 0, "lost"), put("note", "n1", {})),
    write(U, put("note", "n1", { title: "bad" })),
  ];
  expect(store.commit(half)).rejects.toThrow("no text of this");
  expect(await store.head(U)).toBeNull();
  const { commits } = await store.commit([write(T, append("m1", 0, "kept"))]);
  expect(commits).toMatchObject([{ topic: T, after: 1, seq: 2 }]);
  expect(await store.entity(T, "message", "m1")).toEqual(streaming("kept"));
  await store.close();
});

test("a database locked by someone's transaction refuses with busy, and goes on after it", async () => {
  const file = join(directory, "skein.sqlite");
  const store = await SqliteStore.open({ file, busyTimeoutMs: 10 });
  await store.commit([write(T, put("thread", "one", { title: "a" }))]);
  using person = new Database(file);
  person.run("BEGIN IMMEDIATE");
  const rename = write(T, patch("thread", "one", { title: "b" }));
  expect(store.commit([rename])).rejects.toEqual(
    expect.objectContaining({ name: "SkeinError", kind: "busy", retry: "later" }) as unknown,
  );
  expect(await store.entity(T, "thread", "one")).toEqual({ title: "a" });
  person.run("ROLLBACK");
  expect((await store.commit([rename])).commits).toHaveLength(1);
  await store.close();
});

test("while writes wait for a lock, reads and all else go on; then they are written, in their order", async () => {
  const file = join(directory, "skein.sqlite");
  const store = await SqliteStore.open({ file, busyTimeoutMs: 60_000 });
  await store.commit([write(T, put("thread", "one", { title: "a" }), put("message", "m1", streaming("")))]);
  using person = new Database(file);
  person.run("BEGIN IMMEDIATE");
  const done: string[] = [];
  const token = { hash: "h", user: "local", name: "n", createdAt: 1, expiresAt: null, usedAt: null };
  const waiting = [
    store
      .commit([write(T, patch("thread", "one", { title: "b" }), append("m1", 0, "one "))])
      .then(() => done.push("b")),
    store.commit([write(T, append("m1", 4, "two"))]).then(() => done.push("two")),
    store.fold(T, 2).then(() => done.push("fold")),
    store.addToken(token).then(() => done.push("token")),
    store.commit([write(T, patch("thread", "one", { title: "c" }))]).then(() => done.push("c")),
  ];
  for (let round = 0; round < 200; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(await store.entity(T, "thread", "one")).toEqual({ title: "a" });
    expect(read(await store.snapshot(T)).seq).toBe(1);
    expect(await store.token("h")).toBeNull();
  }
  expect(done).toEqual([]);
  person.run("ROLLBACK");
  await Promise.all(waiting);
  expect(done.filter((each) => each !== "fold")).toEqual(["b", "two", "token", "c"]);
  expect(await store.entity(T, "thread", "one")).toEqual({ title: "c" });
  expect(await store.entity(T, "message", "m1")).toEqual(streaming("one two"));
  expect(await store.token("h")).toEqual(token);
  expect(await store.logSince(T, 0, 1e9)).toMatchObject({ folded: true });
  await store.close();
});

test("one that waited in vain takes none of those behind it with it; the end waits, too", async () => {
  const file = join(directory, "skein.sqlite");
  const store = await SqliteStore.open({ file, busyTimeoutMs: 3000 });
  await store.commit([write(T, put("message", "m1", streaming("")))]);
  using person = new Database(file);
  person.run("BEGIN IMMEDIATE");
  const began = performance.now();
  const first = store.commit([write(U, put("thread", "two", { title: "lost" }))]).catch((error: unknown) => error);
  // Asked for later, so that there is time left for it when the first gives up.
  while (performance.now() < began + 1500) await new Promise((resolve) => setImmediate(resolve));
  const second = store.commit([write(T, append("m1", 0, "kept"))]);
  expect(await first).toMatchObject({ kind: "busy", retry: "later" });
  person.run("ROLLBACK");
  expect((await second).commits).toMatchObject([{ topic: T, after: 1, seq: 2 }]);
  expect(await store.head(U)).toBeNull();
  person.run("BEGIN IMMEDIATE");
  const closed = store.close();
  expect(store.head(T)).rejects.toThrow("closed");
  person.run("ROLLBACK");
  await closed;
  const again = await SqliteStore.open({ file });
  expect(await again.holds(T, { epoch: store.epoch, seq: 2 })).toBe(true);
  expect(await again.entity(T, "message", "m1")).toEqual(streaming("kept"));
  await again.close();
});

test("people may read while the store writes", async () => {
  const file = join(directory, "skein.sqlite");
  const store = await SqliteStore.open({ file, busyTimeoutMs: 10 });
  await store.commit([write(T, put("thread", "one", { title: "a" }))]);
  using person = new Database(file, { readonly: true });
  person.run("BEGIN");
  const count = () => person.query<{ n: number }, []>("SELECT count(*) AS n FROM threads").get()?.n;
  expect(count()).toBe(1);
  await store.commit([write(U, put("thread", "two", { title: "b" }))]);
  expect(count()).toBe(1);
  person.run("COMMIT");
  expect(count()).toBe(2);
  await store.close();
});
