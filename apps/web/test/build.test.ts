import { beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce, DIST } from "./support/build.ts";

type Build = { initialGzip: number; files: Record<string, { type: string; immutable: boolean }> };

let build: Build;
const text = (name: string): Promise<string> => Bun.file(join(DIST, name)).text();

beforeAll(async () => {
  await buildOnce();
  build = (await Bun.file(join(DIST, "build.json")).json()) as Build;
}, 60_000);

test("the first load is at most 300 KB of script, gzipped", () => {
  expect(build.initialGzip).toBeLessThan(300 * 1024);
});

test("the list has every file of the build, and only what bears a hash may be kept for ever", async () => {
  const found = await readdir(DIST, { recursive: true, withFileTypes: true });
  const names = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const listed = Object.keys(build.files).map((name) => join(DIST, name));
  expect(names.filter((name) => name !== join(DIST, "build.json")).toSorted()).toEqual(listed.toSorted());
  for (const [name, { immutable }] of Object.entries(build.files)) {
    expect({ name, immutable }).toEqual({ name, immutable: name.startsWith("assets/") });
  }
});

test("the page loads nothing from elsewhere, and has no script of its own in it", async () => {
  const page = await text("index.html");
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(page).not.toMatch(/<script(?![^>]*src=)/);
  const sheet = Object.keys(build.files).find((name) => name.endsWith(".css")) ?? "";
  expect(await text(sheet)).not.toMatch(/url\((?!["']?data:)|@font-face/);
});

test("the licences of all that is bundled come with it: of the app's dependencies, and of theirs", async () => {
  const notices = await text("third-party.txt");
  for (const name of [
    "react",
    "react-dom",
    "scheduler",
    "marked",
    "highlight.js",
    "zod",
    "@xterm/headless",
    "tailwindcss",
  ])
    expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  // Each with its text: the names alone are not what the licences ask for.
  const parts = notices.split(`\n\n${"-".repeat(80)}\n\n`).slice(1);
  expect(parts.filter((part) => part.length < 200)).toEqual([]);
  expect(notices).not.toContain("/work/");
});

test("the manifest makes it installable: a name, a start, icons of 192 and 512 px, one that may be masked", async () => {
  const manifest = JSON.parse(await text("manifest.webmanifest")) as {
    name: string;
    start_url: string;
    display: string;
    icons: { src: string; sizes: string; purpose: string }[];
  };
  expect(manifest).toMatchObject({ name: "Skein", start_url: "/", display: "standalone" });
  const sizes = manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`);
  expect(sizes).toEqual(["any any", "192x192 any", "512x512 any", "512x512 maskable"]);
  for (const { src } of manifest.icons) expect(build.files).toHaveProperty([src.slice(1)]);
});
