import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commit, SkeinError } from "@skein/client/protocol";
import { SqliteStore, type SqliteOptions } from "../sqlite.ts";
import { put, T, U, write } from "../testing/edits.ts";
import { migrate } from "./open.ts";
import { MIGRATIONS } from "./schema.ts";

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
    expect(error.message).toContain(`removed ${file}-wal and ${file}-shm`);
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

  test("one whose lock file was deleted: of two servers only the one that began last may write", async () => {
    let lost: SkeinError | null = null;
    const first = await SqliteStore.open({ file, lost: (error) => void (lost = error) });
    rmSync(`${file}-lock`);
    const second = await SqliteStore.open({ file });
    const refused = await first.commit([write(T, put("note", "n1", {}))]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "SkeinError", retry: "never" });
    expect((refused as SkeinError).message).toContain("Another Skein server");
    expect(lost as SkeinError | null).toBe(refused as SkeinError);
    await second.commit([write(T, put("note", "n2", {}))]);
    expect(first.close()).rejects.toThrow("Another Skein server");
    expect(await second.head(T)).toEqual({ epoch: second.epoch, seq: 1 });
    await second.close();
  });

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

describe("P24, L4: a position is known in every later run, and what this database never went through is not", () => {
  const note = (n: number) => write(T, put("note", `n${n}`, { n }));
  const open = () => SqliteStore.open({ file });

  test("a run goes on from those before it, and its log is told in its own epoch", async () => {
    const [first, second] = [await run(3), await run(0)];
    const store = await open();
    expect(new Set([first, second, store.epoch]).size).toBe(3);
    const holds = (epoch: string, seq: number) => store.holds(T, { epoch, seq });
    expect([await holds(first, 1), await holds(first, 3), await holds(first, 4)]).toEqual([true, true, false]);
    await store.commit([note(9)]);
    // The log has gone on to 4, but not in the first run or the second.
    for (const epoch of [first, second]) expect([await holds(epoch, 3), await holds(epoch, 4)]).toEqual([true, false]);
    expect([await holds(store.epoch, 4), await holds(store.epoch, 5)]).toEqual([true, false]);
    expect(await store.holds(U, { epoch: first, seq: 0 })).toBe(false);
    const log = await store.logSince(T, 2, 1e9);
    const texts = log.folded ? [] : log.commits.map(({ text }) => JSON.parse(text) as Commit);
    expect(texts).toMatchObject([
      { topic: T, epoch: store.epoch, after: 2, seq: 3 },
      { topic: T, epoch: store.epoch, after: 3, seq: 4 },
    ]);
    await store.close();
  });

  test("a backup put in its place under the same name, even in the same file, knows what it went through itself", async () => {
    const first = await run(3);
    const backup = join(directory, "backup");
    copyFileSync(file, backup);
    const lost = await run(5);
    for (const again of [1, 2]) {
      writeFileSync(file, readFileSync(backup));
      const store = await open();
      for (let n = 0; n < 9; n++) await store.commit([note(n)]);
      expect(await store.holds(T, { epoch: first, seq: 3 })).toBe(true);
      for (const seq of [3, 4, 8])
        expect({ again, held: await store.holds(T, { epoch: lost, seq }) }).toEqual({ again, held: false });
      await store.close();
    }
  });

  test("a flush that was refused begins no stretch", async () => {
    const first = await run(3);
    const store = await SqliteStore.open({ file, textOf: (kind) => (kind === "bad" ? fail() : null) });
    expect(store.commit([write(T, put("bad", "b1", {}))])).rejects.toThrow("no text");
    expect(await store.holds(T, { epoch: first, seq: 3 })).toBe(true);
    await store.commit([note(9)]);
    expect(await store.holds(T, { epoch: first, seq: 4 })).toBe(false);
    await store.close();
  });

  test("a database from before runs were noted keeps the positions of its epoch", async () => {
    using database = new Database(file, { create: true });
    migrate(database, file, MIGRATIONS.slice(0, 3));
    database.run("INSERT INTO meta VALUES ('epoch', 'old'), ('run', 'r')");
    database.run("INSERT INTO topic VALUES (1, ?, 2, 0, 2, 2)", [T]);
    database.close();
    const store = await open();
    await store.commit([note(9)]);
    const held = await Promise.all([1, 2, 3].map((seq) => store.holds(T, { epoch: "old", seq })));
    expect(held).toEqual([true, true, false]);
    await store.close();
  });
});

function fail(): never {
  throw new Error("no text of this");
}
