import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinError } from "@skein/client/protocol";
import { listDirectories } from "./directories.ts";

let home = "";

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "skein-directories-"));
  for (const name of ["projects/skein", "projects/Sketch", "projects/other", ".config/skein", "empty", "many"]) {
    await mkdir(join(home, name), { recursive: true });
  }
  await writeFile(join(home, "projects", "skeleton.txt"), "a file");
  await symlink(join(home, "projects", "skein"), join(home, "projects", "skein-link"));
  await symlink(join(home, "nowhere"), join(home, "projects", "sk-broken"));
  for (let number = 100; number < 250; number++) await mkdir(join(home, "many", `d${number}`));
});

afterAll(() => rm(home, { recursive: true }));

const names = async (prefix: string): Promise<string[]> =>
  (await listDirectories(prefix, home)).directories.map((path) => path.slice(home.length + 1));

test("P73: directories whose name begins with what was typed, files left out, links followed", async () => {
  expect(await names(`${home}/projects/sk`)).toEqual(["projects/skein", "projects/skein-link", "projects/Sketch"]);
  expect(await names(`${home}/projects/Sk`)).toEqual(["projects/Sketch"]);
});

test("P73: ~ is the home, and nothing is the home too", async () => {
  expect(await names("~/p")).toEqual(["projects"]);
  expect(await names("")).toEqual(["empty", "many", "projects"]);
  expect((await listDirectories("", home)).path).toBe(home);
});

test("P73: hidden ones only for who typed the dot", async () => {
  expect(await names("~/")).not.toContain(".config");
  expect(await names("~/.")).toEqual([".config"]);
  expect(await names("~/.c")).toEqual([".config"]);
});

test("P73: tells whether the path itself is a directory", async () => {
  const exists = async (prefix: string) => (await listDirectories(prefix, home)).exists;
  expect(await exists("~/projects")).toBe(true);
  expect(await exists("~/projects/")).toBe(true);
  expect(await exists("~/projects/sk")).toBe(false);
  expect(await exists("~/projects/skeleton.txt")).toBe(false);
});

test("P73: at most 100, and says that there are more", async () => {
  const { directories, more } = await listDirectories("~/many/", home);
  expect([directories.length, more]).toEqual([100, true]);
  expect((await listDirectories("~/projects/", home)).more).toBe(false);
});

test("what is not there, is a file, or may not be read, has none", async () => {
  expect(await names("~/nowhere/x")).toEqual([]);
  expect(await names("~/projects/skeleton.txt/x")).toEqual([]);
  await chmod(join(home, "empty"), 0o000);
  expect(await names("~/empty/")).toEqual([]);
  await chmod(join(home, "empty"), 0o700);
});

test("dots in a path lead where they lead on disk", async () => {
  expect((await listDirectories("~/projects/../projects", home)).path).toBe(join(home, "projects"));
});

test("a path that is not absolute is refused", async () => {
  for (const prefix of ["projects", "./x", "~other/x", "/a\0b"]) {
    const error = await listDirectories(prefix, home).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(SkeinError);
    expect((error as SkeinError).kind).toBe("invalid");
  }
});
