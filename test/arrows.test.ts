import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "..");

/** A file that imports something, and whether lint must refuse it. */
type Case = { file: string; imports: string; refused: boolean };

const client = "packages/client/src";
const server = "packages/server/src";

const CASES: Case[] = [
  ...refuse(`${client}/protocol/a.ts`, "../replica/b.ts", "../connection/b.ts", "../client.ts", "../react/b.ts"),
  ...refuse(`${client}/replica/a.ts`, "../connection/b.ts", "../client.ts", "../react/b.ts"),
  ...refuse(`${client}/connection/a.ts`, "../client.ts", "../react/b.ts", "../index.ts"),
  ...refuse(`${client}/a.ts`, "./react/b.ts"),
  ...refuse(`${client}/replica/a.ts`, "node:fs", "fs", "bun", "bun:sqlite", "@skein/client/protocol"),
  ...refuse(`${client}/replica/a.ts`, "../../../server/src/hub/b.ts", "skein", "../testing/b.ts", "./b.test.ts"),
  ...refuse(`${client}/react/a.ts`, "node:fs"),
  ...refuse("apps/web/src/a.ts", "../../../packages/server/src/hub/b.ts", "skein", "node:fs", "bun"),
  ...refuse("apps/web/src/a.ts", "../../../packages/client/src/index.ts"),
  ...refuse(`${server}/clock.ts`, "./store/b.ts", "@skein/client/replica"),
  ...refuse(`${server}/store/a.ts`, "../hub/b.ts", "../threads/b.ts", "../agents/b.ts", "../boards/b.ts"),
  ...refuse(`${server}/store/a.ts`, "../gateway/b.ts", "@skein/client", "@skein/client/react"),
  ...refuse(`${server}/store/a.ts`, "../../../client/src/protocol/index.ts", "@skein/client/other"),
  ...refuse(`${server}/hub/a.ts`, "../threads/b.ts", "../agents/driver.ts", "../boards/b.ts", "../gateway/b.ts"),
  ...refuse(`${server}/hub/a.ts`, "../cli/b.ts", "../main.ts", "../server.ts", "../testing/b.ts"),
  ...refuse(`${server}/agents/a.ts`, "../threads/b.ts", "../hub/b.ts", "../store/b.ts", "@skein/client/replica"),
  ...refuse(`${server}/threads/a.ts`, "../gateway/b.ts", "../cli/b.ts", "@skein/client"),
  ...refuse(`${server}/boards/a.ts`, "../gateway/b.ts", "../agents/b.ts", "../threads/b.ts"),
  ...refuse(`${server}/gateway/a.ts`, "../agents/b.ts", "../cli/b.ts", "../main.ts", "@skein/client"),
  ...refuse(`${server}/cli/a.ts`, "../main.ts", "../server.ts"),
  ...refuse(`${server}/elsewhere/a.ts`, "../store/b.ts"),

  ...accept(`${client}/replica/a.ts`, "../protocol/index.ts", "./b.ts", "zod"),
  ...accept(`${client}/connection/a.ts`, "../protocol/index.ts", "../replica/index.ts"),
  ...accept(`${client}/a.ts`, "./connection/b.ts", "./replica/b.ts", "./protocol/b.ts"),
  ...accept(`${client}/replica/a.test.ts`, "node:fs", "bun:test", "./b.test.ts"),
  ...accept("apps/web/src/a.ts", "@skein/client", "@skein/client/react", "./deep/b.ts"),
  ...accept(`${server}/store/a.ts`, "@skein/client/protocol", "@skein/client/replica", "bun:sqlite", "../clock.ts"),
  ...accept(`${server}/hub/a.ts`, "../store/contract.ts", "../clock.ts"),
  ...accept(`${server}/threads/a.ts`, "../hub/b.ts", "../store/b.ts", "../agents/driver.ts"),
  ...accept(`${server}/gateway/a.ts`, "../threads/b.ts", "../hub/b.ts"),
  ...accept(`${server}/cli/a.ts`, "@skein/client", "../gateway/b.ts"),
  ...accept(`${server}/main.ts`, "./cli/b.ts", "./server.ts"),
];

function refuse(file: string, ...imports: string[]): Case[] {
  return imports.map((specifier) => ({ file, imports: specifier, refused: true }));
}
function accept(file: string, ...imports: string[]): Case[] {
  return imports.map((specifier) => ({ file, imports: specifier, refused: false }));
}

/** Every way a module can be named in TypeScript, each on a line of its own. */
const FORMS = (specifier: string) => {
  const name = JSON.stringify(specifier);
  return [
    `import * as all from ${name};`,
    `import type { One } from ${name};`,
    `export * from ${name};`,
    `export { one } from ${name};`,
    `export const later = import(${name});`,
    `export type Type = typeof import(${name});`,
    `export const used: One = all;`,
  ];
};
const LINES_THAT_IMPORT = [1, 2, 3, 4, 5, 6];

/** Tables, each with a look into it; those that have to be a `Map` say so. */
const TABLES = [
  "const words: Record<string, string> = { ask: 'Ask' }; // refused",
  "export const wordOf = (kind: string) => words[kind];",
  "const sizes: Readonly<Record<string, number>> = { small: 1 }; // refused",
  "export const sizeOf = (name: string) => sizes[`${name}`];",
  "const counts: Record<string, number> = {}; // refused",
  "export const count = (name: string) => void (counts[name] = 1);",
  "const marks: Record<'on' | 'off', string> = { on: 'x', off: '' };",
  "export const markOf = (state: 'on' | 'off') => marks[state];",
  "const known: ReadonlyMap<string, string> = new Map([['ask', 'Ask']]);",
  "export const knownOf = (kind: string) => known.get(kind);",
  "const headers: Record<string, string> = { accept: 'a' };",
  "export const accept = headers['accept'];",
];

/** The lines the linter complains about for their import, by file, in a tree that holds one file per case. */
const complaints = new Map<string, number[]>();
/** The lines it complains about for what they look up. */
const looks: number[] = [];
let directory: string;

const place = (number: number, file: string) => `${number}/${file}`;

type Report = { diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[] };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "skein-arrows-"));
  // The repository's own configuration, without the rules that ask the type checker: the arrows need no types.
  const config = (await Bun.file(join(root, ".oxlintrc.json")).json()) as { options: { typeAware: boolean } };
  config.options.typeAware = false;
  await writeFile(join(directory, ".oxlintrc.json"), JSON.stringify(config));
  await cp(join(root, "scripts/lint"), join(directory, "scripts/lint"), { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  for (const [number, { file, imports }] of CASES.entries()) {
    const path = join(directory, place(number, file));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${FORMS(imports).join("\n")}\n`);
  }
  await mkdir(join(directory, "apps/web/src"), { recursive: true });
  await writeFile(join(directory, "apps/web/src/tables.ts"), `${TABLES.join("\n")}\n`);
  const oxlint = Bun.spawn([join(root, "node_modules/.bin/oxlint"), "--format=json"], {
    cwd: directory,
    stdout: "pipe",
    stderr: "inherit",
  });
  const report = JSON.parse(await new Response(oxlint.stdout).text()) as Report;
  for (const { code, filename, labels } of report.diagnostics) {
    if (code === "skein(tables)") looks.push(...labels.map(({ span }) => span.line));
    if (code !== "skein(arrows)") continue;
    complaints.set(filename, [...(complaints.get(filename) ?? []), ...labels.map(({ span }) => span.line)]);
  }
}, 60_000);

afterAll(() => rm(directory, { recursive: true }));

describe("the linter enforces the arrows of the architecture", () => {
  for (const [number, { file, imports, refused }] of CASES.entries()) {
    test(`${file} ${refused ? "must not" : "may"} import ${imports}`, () => {
      const lines = (complaints.get(place(number, file)) ?? []).toSorted((a, b) => a - b);
      expect(lines).toEqual(refused ? LINES_THAT_IMPORT : []);
    });
  }
});

test("the linter lets nobody look up any string in an object literal, which has constructor and __proto__ too", () => {
  const refused = TABLES.flatMap((line, index) => (line.endsWith("// refused") ? [index + 2] : []));
  expect(looks.toSorted((a, b) => a - b)).toEqual(refused);
});

test("each layer that has an arrow is there", async () => {
  const { ARROWS, layerOf } = (await import(join(root, "scripts/lint/layers.js"))) as {
    ARROWS: Record<string, string[]>;
    layerOf: (file: string) => { layer: string } | null;
  };
  const sources = ["packages/client/src", "packages/server/src", "apps/web/src"];
  const files = sources.flatMap((path) => [...new Bun.Glob(`${path}/**/*.ts`).scanSync(root)]);
  const there = new Set(files.map((file) => layerOf(file)?.layer));
  const named = new Set([...Object.keys(ARROWS), ...Object.values(ARROWS).flat()]);
  expect([...named].filter((layer) => !there.has(layer))).toEqual([]);
});
