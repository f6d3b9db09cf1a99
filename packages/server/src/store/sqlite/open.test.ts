import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SkeinError } from "@skein/client/protocol";
import { SqliteStore, type SqliteOptions } from "../sqlite.ts";
import { put, T, write } from "../testing/edits.ts";
import { mayHaveLost } from "./lineage.ts";
import { migrate } from "./open.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "skein-open-"));
  file = join(directory, "skein.sqlite");
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Opens, writes so many commits, closes; tells the epoch. */
async function run(commits: number, options: Partial<SqliteOptions> = {}): Promise<string> {
  const store = await SqliteStore.open({ file, ...options });
  for (let n = 0; n < commits; n++)
    await store.commit([write(T, put("note", `n${n}`, { pos: n, text: "x".repeat(500) }))]);
  await store.close();
  return store.epoch;
}

/** Opens what must not open, and checks that the file stays as it is. */
async function refused(): Promise<SkeinError> {
  const before = readFileSync(file);
  const error = await SqliteStore.open({ file }).then(
    () => null,
    (reason: unknown) => reason as SkeinError,
  );
  expect(error).toMatchObject({ name: "SkeinError", retry: "never" });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(error?.message).toContain(file);
  return error as SkeinError;
}

describe("a file that cannot be used is refused with what to do, and left as it is", () => {
  test("one of a newer version", async () => {
    await run(1);
    const database = new Database(file);
    database.run("PRAGMA user_version = 99");
    database.close();
    const error = await refused();
    expect(error.kind).toBe("unsupported");
    expect(error.message).toContain("newer Skein");
  });

  test("one that is no database", async () => {
    writeFileSync(file, "This is not a database, whatever its name says. ".repeat(100));
    expect((await refused()).message).toContain("damaged");
  });

  test("another program's database", async () => {
    const database = new Database(file, { create: true });
    database.run("CREATE TABLE theirs (a)");
    database.close();
    expect((await refused()).message).toContain("not Skein's");
  });

  test("a damaged one: after a crash every page is looked at", async () => {
    await run(200);
    const bytes = readFileSync(file);
    for (let page = 20; page < 40; page++) bytes.fill(0xab, page * 4096 + 8, page * 4096 + 600);
    writeFileSync(file, bytes);
    const error = await refused();
    expect(error.message).toContain("damaged");
    expect(error.message).toContain(".recover");
  });

  test("one that another server uses, in another process or in this", async () => {
    const first = await SqliteStore.open({ file });
    const script = `
      import { SqliteStore } from ${JSON.stringify(join(import.meta.dir, "..", "sqlite.ts"))};
      await SqliteStore.open({ file: ${JSON.stringify(file)} }).catch((error) => console.log(error.kind, error.message));`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
    expect(await new Response(child.stdout).text()).toStartWith("busy Another Skein server uses");
    expect(SqliteStore.open({ file })).rejects.toThrow("Another Skein server uses");
    await first.close();
    await run(1);
  }, 30_000);

  test.each([
    ["its start", 0],
    ["the page of the record", 4096],
  ])("one whose lock file is damaged at %s: that file is named, and what to do with it", async (_, from) => {
    await run(1);
    const lock = `${file}-lock`;
    const bytes = readFileSync(lock);
    bytes.fill(0xab, from, from + 200);
    writeFileSync(lock, bytes);
    const message = `The lock file ${lock} is damaged. It holds nothing of value: delete it.`;
    expect((await refused()).message).toBe(message);
    rmSync(lock);
    await run(1);
  });

  test("one whose lock file is a directory", async () => {
    mkdirSync(`${file}-lock`);
    writeFileSync(file, "");
    const message = `The database ${file}-lock cannot be written: unable to open database file. Check the rights of the file and its directory.`;
    expect((await refused()).message).toBe(message);
  });

  test("one in a directory that is not there", async () => {
    const nowhere = join(directory, "none", "skein.sqlite");
    expect(SqliteStore.open({ file: nowhere })).rejects.toThrow(nowhere);
    expect(existsSync(nowhere)).toBe(false);
  });
});

describe("migrations", () => {
  const first = { version: 1, sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1)" };
  const second = { version: 2, sql: "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1" };
  const broken = { version: 3, sql: "UPDATE a SET y = 9; SELECT * FROM nowhere" };

  test("each is taken once, in order, whole or not at all", () => {
    using database = new Database(file, { create: true });
    migrate(database, file, [first]);
    migrate(database, file, [first, second]);
    migrate(database, file, [first, second]);
    expect(() => migrate(database, file, [first, second, broken])).toThrow("nowhere");
    expect(database.query("SELECT * FROM a").all()).toEqual([{ x: 1, y: 2 }]);
    expect(database.query("PRAGMA user_version").get()).toEqual({ user_version: 2 });
    expect(() => migrate(database, file, [first])).toThrow("newer Skein");
  });
});

describe("P24, L4: a store that may have lost commits takes a new epoch", () => {
  test("a clean restart keeps it, also after the machine was restarted", async () => {
    const epoch = await run(3, { boot: "monday" });
    expect(await run(1, { boot: "monday" })).toBe(epoch);
    expect(await run(1, { boot: "tuesday" })).toBe(epoch);
  });

  test("a backup put in its place, under the same name or even in the same file", async () => {
    const epoch = await run(3);
    const backup = join(directory, "backup");
    copyFileSync(file, backup);
    expect(await run(5)).toBe(epoch);
    writeFileSync(file, readFileSync(backup));
    const restored = await SqliteStore.open({ file });
    expect(restored.epoch).not.toBe(epoch);
    // The numbers go on; what was before is told by a snapshot or a merge, never by the old epoch's commits.
    expect(await restored.head(T)).toEqual({ epoch: restored.epoch, seq: 3 });
    expect(await restored.logSince(T, 2, 1e9)).toMatchObject({ folded: true });
    await restored.commit([write(T, put("note", "n9", {}))]);
    expect(await restored.logSince(T, 3, 1e9)).toMatchObject({ folded: false, commits: [{ after: 3, seq: 4 }] });
    await restored.close();
    expect(await run(0)).toBe(restored.epoch);
    rmSync(file);
    copyFileSync(backup, file);
    expect([epoch, restored.epoch]).not.toContain(await run(0));
  });

  test("a database without its lock file", async () => {
    const epoch = await run(1);
    rmSync(`${file}-lock`);
    expect(await run(1)).not.toBe(epoch);
  });

  const last = { run: "r", mark: "7", boot: "monday", durability: "normal", clean: false };
  const now = { run: "r", mark: "7", cleanMark: "7:1", boot: "monday" };
  const clean = { ...last, clean: true, mark: "7:1" };
  test.each([
    ["killed", last, now, false],
    ["killed, then the machine restarted", last, { ...now, boot: "tuesday" }, true],
    ["power cut, but every flush was on the disk", { ...last, durability: "full" }, { ...now, boot: "tuesday" }, false],
    ["killed, then another file", last, { ...now, mark: "8" }, true],
    ["killed, then a file of another run", last, { ...now, run: "q" }, true],
    ["ended", clean, now, false],
    ["ended, then the machine restarted", clean, { ...now, boot: "tuesday" }, false],
    ["ended, then touched", clean, { ...now, cleanMark: "7:2" }, true],
    ["a first run", null, { ...now, run: null }, true],
  ])("%s", (_name, before, present, expected) => {
    expect(mayHaveLost(before, present)).toBe(expected);
  });
});
