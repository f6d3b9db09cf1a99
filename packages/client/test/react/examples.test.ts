import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as entry from "../../src/react/index.ts";

const root = join(import.meta.dir, "../../../..");
const sources = join(import.meta.dir, "../../src/react");

type Example = { of: string; code: string };

/** The `@example` blocks of a file, each with the name of the function it stands above. */
function examplesOf(source: string): Example[] {
  return [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export function (\w+)/g)].flatMap(([, comment, of]) =>
    [...(comment ?? "").matchAll(/@example\s+\* ```tsx\n([\s\S]*?)\n \* ```/g)].map(([, code]) => ({
      of: of ?? "",
      code: (code ?? "").replace(/^ \* ?/gm, ""),
    })),
  );
}

async function allExamples(): Promise<Example[]> {
  const files = (await readdir(sources)).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(files.map((name) => Bun.file(join(sources, name)).text()));
  return texts.flatMap(examplesOf);
}

test("each hook and the provider has an example", async () => {
  const shown = Object.keys(entry).filter((name) => /^use|Provider$/.test(name));
  expect(new Set((await allExamples()).map(({ of }) => of))).toEqual(new Set(shown));
});

test("every example compiles, as the program of somebody who has installed the package", async () => {
  const examples = await allExamples();
  const directory = await mkdtemp(join(tmpdir(), "skein-examples-"));
  try {
    await symlink(join(root, "node_modules"), join(directory, "node_modules"));
    const config = { extends: join(root, "tsconfig.json"), compilerOptions: { types: [] }, include: ["*.tsx"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module" }));
    for (const [index, { of, code }] of examples.entries()) {
      // What an example only defines is for the reader to use.
      await writeFile(join(directory, `${of}-${index}.tsx`), `${code}\nexport {};\n`);
    }
    const unused = ["--noUnusedLocals", "false"];
    const command = [join(root, "node_modules/.bin/tsc"), "--noEmit", "-p", directory, ...unused];
    const compiler = Bun.spawn(command, { stdout: "pipe" });
    expect(await new Response(compiler.stdout).text()).toBe("");
    expect(await compiler.exited).toBe(0);
  } finally {
    await rm(directory, { recursive: true });
  }
}, 60_000);
