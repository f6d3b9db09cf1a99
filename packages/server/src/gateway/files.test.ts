import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findFiles } from "./files.ts";

let root = "";
const FILES = [
  "README.md",
  "src/main.ts",
  "src/domain/main-loop.ts",
  "src/domain/read.ts",
  "docs/reading.md",
  "node_modules/left/main.ts",
  ".git/main",
  ".github/main.yml",
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "skein-files-"));
  for (const path of [...FILES.map((each) => join("project", each)), "secret/main.txt"]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), "");
  }
  await symlink(join(root, "secret"), join(root, "project", "linked"));
  await symlink(join(root, "secret", "main.txt"), join(root, "project", "main-link.txt"));
});
afterAll(() => rm(root, { recursive: true }));

const find = (text: string, max?: number) => findFiles(join(root, "project"), text, max);

test("P75: the best match first; .git, node_modules and what links point at are left out", async () => {
  expect(await find("main")).toEqual({
    files: ["src/main.ts", ".github/main.yml", "src/domain/main-loop.ts", "src/domain/read.ts"],
    more: false,
  });
  expect((await find("read")).files).toEqual(["README.md", "docs/reading.md", "src/domain/read.ts"]);
});

test("P75: small letters stand for both, large ones for themselves; characters in their order are enough", async () => {
  expect((await find("READ")).files).toEqual(["README.md"]);
  expect((await find("sdread")).files).toEqual(["src/domain/read.ts"]);
  expect((await find("zzz")).files).toEqual([]);
  expect((await find("")).files.length).toBe(6);
});

test("P75: no more is looked at than the bound, and that is said", async () => {
  const { files, more } = await find("", 4);
  expect(more).toBe(true);
  expect(files.length).toBeLessThan(5);
});

test("P75: a directory that is gone has no files", async () => {
  expect(await findFiles(join(root, "gone"), "a")).toEqual({ files: [], more: false });
});
