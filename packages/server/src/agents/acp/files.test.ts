import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Files, type Leave, type OutsideWrite } from "./files.ts";

const MOST = 1024 * 1024;

let base: string;
let root: string;
let files: Files;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "skein-files-")));
  root = join(base, "root");
  await mkdir(root);
  await mkdir(join(base, "outside"));
  await writeFile(join(base, "outside", "secret"), "secret");
  files = new Files(root, MOST);
  [asked, leave] = [[], "refused"];
});
afterEach(() => rm(base, { recursive: true, force: true }));

const read = async (path: string, more: { line?: number; limit?: number } = {}): Promise<unknown> =>
  ((await files.read({ sessionId: "s", path, ...more })) as { content: string }).content;
let asked: OutsideWrite[] = [];
let leave: Leave = "refused";
const ask = async (outside: OutsideWrite): Promise<Leave> => {
  asked.push(outside);
  return leave;
};
const write = (path: string, content: string) => files.write({ sessionId: "s", path, content }, ask);

test("a file is written whole, with its folders, and read back", async () => {
  await write(join(root, "a/b/c.txt"), "längerer Text 🧶\n");
  await write(join(root, "a/b/c.txt"), "kurz");
  expect(await read(join(root, "a/b/c.txt"))).toBe("kurz");
});

test.each([
  [{ line: 2 }, "two\nthree"],
  [{ line: 2, limit: 1 }, "two\n"],
  [{ limit: 2 }, "one\ntwo\n"],
  [{ line: 0, limit: 1 }, "one\n"],
  [{ line: 3, limit: 9 }, "three"],
  [{ line: 4 }, ""],
  [{ limit: 0 }, ""],
])("lines are counted from 1 and keep their newlines: %p", async (which, text) => {
  await writeFile(join(root, "lines"), "one\ntwo\nthree");
  expect(await read(join(root, "lines"), which)).toBe(text);
});

test("what lies outside is read, and written only with a person's leave, whatever link leads there", async () => {
  await symlink(join(base, "outside"), join(root, "way-out"));
  await symlink(join(base, "outside", "new"), join(root, "dangling"));
  await symlink("../outside/secret", join(root, "relative"));
  const secret = join(base, "outside/secret");
  for (const path of [secret, join(root, "../outside/secret"), "../outside/secret", join(root, "way-out/secret")]) {
    expect(await read(path)).toBe("secret");
    await expect(write(path, "x")).rejects.toMatchObject({
      code: -32800,
      message: `Nobody allowed to write ${secret}.`,
    });
    expect(asked.pop()).toEqual({ path: secret, directory: dirname(secret), before: "secret", content: "x" });
  }
  for (const path of [join(root, "way-out/new/deep"), join(root, "dangling"), join(root, "none/../../new")]) {
    await expect(write(path, "x")).rejects.toMatchObject({ message: expect.stringContaining("Nobody allowed") });
    expect(asked.pop()).toMatchObject({ before: null });
  }
  expect(await readFile(secret, "utf8")).toBe("secret");
  expect(existsSync(join(base, "outside/new"))).toBe(false);
});

test("leave is for once, or for all below the file's directory", async () => {
  leave = "once";
  await write(join(base, "outside/a"), "1");
  await write(join(base, "outside/a"), "2");
  expect(asked).toHaveLength(2);
  leave = "always";
  await write(join(base, "outside/a"), "3");
  await write(join(base, "outside/deep/b"), "4");
  expect(asked).toHaveLength(3);
  expect(await readFile(join(base, "outside/deep/b"), "utf8")).toBe("4");
  await write(join(base, "outside-beside"), "5");
  expect(asked).toHaveLength(4);
});

test("L32: a folder that is swapped for a link while a file in it is written leads nowhere else", async () => {
  const swapping = join(root, "swapping");
  let ends = false;
  const swap = (async () => {
    while (!ends) {
      await mkdir(swapping, { recursive: true });
      await rm(swapping, { recursive: true, force: true });
      // A write may have made the folder anew meanwhile.
      await symlink(join(base, "outside"), swapping).catch(() => {});
      await rm(swapping, { recursive: true, force: true });
    }
  })();
  let written = 0;
  for (let index = 0; index < 2000; index++) {
    written += await write(join(swapping, "x"), "x").then(
      () => 1,
      () => 0,
    );
  }
  ends = true;
  await swap;
  expect(existsSync(join(base, "outside/x"))).toBe(false);
  expect(written).toBeGreaterThan(0);
});

test("links that stay inside are followed, also to what does not exist yet", async () => {
  await mkdir(join(root, "real"));
  await symlink("real", join(root, "alias"));
  await symlink(join(root, "real/later"), join(root, "later"));
  await write(join(root, "alias/x"), "through");
  await write(join(root, "later"), "made");
  expect(await readFile(join(root, "real/x"), "utf8")).toBe("through");
  expect(await readFile(join(root, "real/later"), "utf8")).toBe("made");
});

test("a working directory that is itself a link is no way out, nor a way in", async () => {
  await symlink(root, join(base, "link"));
  files = new Files(join(base, "link"), MOST);
  await write(join(base, "link/x"), "1");
  await write(join(root, "y"), "2");
  expect(await read("x")).toBe("1");
  expect(await read(join(base, "link/y"))).toBe("2");
});

test("links in a circle are refused", async () => {
  await symlink(join(root, "b"), join(root, "a"));
  await symlink(join(root, "a"), join(root, "b"));
  await expect(read(join(root, "a"))).rejects.toMatchObject({ message: expect.stringContaining("a") });
});

test("errors say what is wrong", async () => {
  const missing = {
    code: -32002,
    message: `${join(root, "none")} does not exist.`,
    data: { path: join(root, "none") },
  };
  await expect(read(join(root, "none"))).rejects.toMatchObject(missing);
  await expect(read(root)).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining("not a regular file"),
  });
  await expect(write(root, "x")).rejects.toMatchObject({ message: expect.stringContaining(root) });
  await expect(files.read({ sessionId: "s" })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining("params.path"),
  });
  await expect(files.write({ path: join(root, "x") }, ask)).rejects.toMatchObject({ code: -32602 });
  await expect(files.read(undefined)).rejects.toMatchObject({ code: -32602 });
});

test("a pipe is refused instead of waited for", async () => {
  expect(Bun.spawnSync(["mkfifo", join(root, "pipe")]).exitCode).toBe(0);
  const refused = { code: -32602, message: expect.stringContaining("not a regular file") };
  await expect(read(join(root, "pipe"))).rejects.toMatchObject(refused);
  await expect(write(join(root, "pipe"), "x")).rejects.toMatchObject(refused);
});

test("a file too large for a line is refused", async () => {
  Bun.spawnSync(["truncate", "-s", "17000000", join(root, "large")]);
  await expect(read(join(root, "large"), { limit: 1 })).rejects.toMatchObject({
    message: expect.stringContaining("17000000 bytes"),
  });
});
