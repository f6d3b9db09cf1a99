import { expect, test } from "bun:test";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as hooks from "../src/react/index.ts";

/** What an editor shows of the package: the comments above what its two entries for apps export. */

const root = join(import.meta.dir, "../../..");
const sources = join(import.meta.dir, "../src");
const read = (path: string): Promise<string> => Bun.file(join(sources, path)).text();

const COMMENT = String.raw`\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*`;

type Example = { of: string; code: string };

/** The `@example` blocks of a file, each with the name of what it stands above. */
function examplesOf(source: string): Example[] {
  const commented = new RegExp(`(${COMMENT})(?:export )?(?:async )?(?:(?:class|function|const|type) )?(\\w+)`, "g");
  return [...source.matchAll(commented)].flatMap(([, comment = "", of = ""]) =>
    [...comment.matchAll(/@example\s+\* ```tsx?\n([\s\S]*?)\n *\* ```/g)].map(([, code = ""]) => ({
      of,
      code: code.replace(/^ *\* ?/gm, ""),
    })),
  );
}

async function allExamples(): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const path of new Bun.Glob("**/*.ts").scan(sources)) {
    const source = await read(path);
    const found = examplesOf(source);
    expect([path, found.length]).toEqual([path, source.split("@example").length - 1]);
    examples.push(...found);
  }
  return examples;
}

/** What an entry exports, and the file it is in. */
async function exportsOf(entry: string): Promise<{ name: string; path: string }[]> {
  return [...(await read(entry)).matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/g)].flatMap(
    ([, names = "", path = ""]) =>
      [...names.matchAll(/(?:type )?(\w+)\s*(?:,|$)/g)].map(([, name = ""]) => ({
        name,
        path: join(dirname(entry), path),
      })),
  );
}

/** The members of an exported class or object type that stand without a comment. */
function bareMembers(source: string, name: string): string[] {
  const body = new RegExp(`^export (?:class|type) ${name}\\b[^\\n]*\\{\\n([\\s\\S]*?)\\n\\}`, "m").exec(source)?.[1];
  const lines = body?.split("\n") ?? [];
  const memberAt = (index: number): string | undefined =>
    /^ {2}(?:readonly |static |get |async )*([a-z]\w*)\??[(<:]/.exec(lines[index] ?? "")?.[1];
  return lines.flatMap((_, index) => {
    const member = memberAt(index);
    const above = lines[index - 1]?.trimEnd() ?? "";
    // Another signature of what stands above it has its comment.
    const bare = member !== "constructor" && !above.endsWith("*/") && memberAt(index - 1) !== member;
    return member !== undefined && bare ? [`${name}.${member}`] : [];
  });
}

test.each(["index.ts", "react/index.ts"])("all that %s exports has a comment, and each member of it", async (entry) => {
  const exported = await exportsOf(entry);
  expect(exported.length).toBeGreaterThan(20);
  const bare: string[] = [];
  for (const { name, path } of exported) {
    const source = await read(path);
    const declared = new RegExp(`${COMMENT}export (?:class|function|const|type) ${name}\\b`);
    if (!declared.test(source)) bare.push(name);
    bare.push(...bareMembers(source, name));
  }
  expect(bare).toEqual([]);
});

test("each hook, the provider, the client and what it may be made with have an example", async () => {
  const shown = new Set((await allExamples()).map(({ of }) => of));
  for (const name of Object.keys(hooks).filter((name) => /^use|Provider$/.test(name))) expect(shown).toContain(name);
  for (const name of ["SkeinClient", "watch", "command", "query", "webStorage", "indexedDbReplicas"])
    expect(shown).toContain(name);
});

/** What an example may take as given. */
const GIVEN = `
declare const client: import("@skein/client").SkeinClient;
declare const thread: string;
declare const token: string;
`;

test("every example compiles, as the program of somebody who has installed the package", async () => {
  const examples = await allExamples();
  const directory = await mkdtemp(join(tmpdir(), "skein-examples-"));
  try {
    await symlink(join(root, "node_modules"), join(directory, "node_modules"));
    const config = { extends: join(root, "tsconfig.json"), compilerOptions: { types: [] }, include: ["*.tsx", "*.ts"] };
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(directory, "given.d.ts"), GIVEN);
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
