import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
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
  ...refuse(`${server}/threads/a.ts`, "../gateway/b.ts", "../cli/b.ts", "../cluster/b.ts", "@skein/client"),
  ...["boards", "users", "repos"].flatMap((name) =>
    refuse(`${server}/${name}/a.ts`, "../gateway/b.ts", "../agents/b.ts", "../threads/b.ts"),
  ),
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

/** Every way a module can be named in TypeScript. */
const FORMS: ((specifier: string) => string)[] = [
  (specifier) => `import * as it from ${JSON.stringify(specifier)};\nexport const all = it;`,
  (specifier) => `import type { It } from ${JSON.stringify(specifier)};\nexport type Its = It[];`,
  (specifier) => `export * from ${JSON.stringify(specifier)};`,
  (specifier) => `export { it } from ${JSON.stringify(specifier)};`,
  (specifier) => `export const it = import(${JSON.stringify(specifier)});`,
  (specifier) => `export type It = typeof import(${JSON.stringify(specifier)});`,
];

/** The linter's complaints about imports, by file, for a tree that holds one file per case and form. */
const complaints = new Set<string>();
let directory: string;

const place = (number: number, form: number, file: string) => `${number}-${form}/${file}`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "skein-arrows-"));
  // The repository's own configuration, without the rules that ask the type checker: the arrows need no types.
  const config = (await Bun.file(join(root, ".oxlintrc.json")).json()) as { options: { typeAware: boolean } };
  config.options.typeAware = false;
  await writeFile(join(directory, ".oxlintrc.json"), JSON.stringify(config));
  await cp(join(root, "scripts/lint"), join(directory, "scripts/lint"), { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  for (const [number, { file, imports }] of CASES.entries()) {
    for (const [form, write] of FORMS.entries()) {
      const path = join(directory, place(number, form, file));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${write(imports)}\n`);
    }
  }
  const oxlint = Bun.spawn([join(root, "node_modules/.bin/oxlint"), "--format=json"], {
    cwd: directory,
    stdout: "pipe",
    stderr: "inherit",
  });
  const report = JSON.parse(await new Response(oxlint.stdout).text()) as {
    diagnostics: { code: string; filename: string }[];
  };
  for (const { code, filename } of report.diagnostics) if (code === "skein(arrows)") complaints.add(filename);
}, 60_000);

afterAll(() => rm(directory, { recursive: true }));

describe("the linter enforces the arrows of the architecture", () => {
  for (const [number, { file, imports, refused }] of CASES.entries()) {
    test(`${file} ${refused ? "must not" : "may"} import ${imports}`, () => {
      for (const form of FORMS.keys()) {
        expect({ form, refused: complaints.has(place(number, form, file)) }).toEqual({ form, refused });
      }
    });
  }
});
