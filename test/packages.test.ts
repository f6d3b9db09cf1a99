import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The packages as npm publishes them, in the project of somebody who installed them: this repository is nowhere near. */
const root = join(import.meta.dir, "..");
let directory = "";
let project = "";
/** The files of each package, as its tarball has them. */
const packed: Record<string, string[]> = {};

/** What is known here, without what npm tells the scripts of this project and without a server of the person's own. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:npm_(?!config_)|npm_config_local_prefix$|SKEIN_)/.test(name)),
);

/** Runs a program to its end. @throws Error when it fails. */
async function run(command: string[], cwd: string): Promise<string> {
  const child = Bun.spawn(command, { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "skein-packages-"));
  project = join(directory, "project");
  const tarballs = join(directory, "tarballs");
  await Promise.all([mkdir(project), mkdir(tarballs)]);
  // What an earlier build left is not packed.
  await mkdir(join(root, "packages/client/dist"), { recursive: true });
  await writeFile(join(root, "packages/client/dist/left-over.js"), "");
  await rm(join(root, "packages/server/web"), { recursive: true, force: true });
  await run(["npm", "pack", "--workspace=@skein/client", "--workspace=skein", `--pack-destination=${tarballs}`], root);
  const files = (await readdir(tarballs)).map((name) => join(tarballs, name));
  expect(files).toHaveLength(2);
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run(["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...files], project);
  for (const name of ["skein", "@skein/client"]) {
    const place = join(project, "node_modules", name);
    packed[name] = (await readdir(place, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
  }
}, 240_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a package that was installed", () => {
  test("has what it is run with and no tests", () => {
    for (const files of Object.values(packed)) {
      expect(files).toContain("README.md");
      expect(files).toContain("LICENSE");
      expect(files.filter((file) => /\.(?:test|suite)\.|(?:^|\/)testing\//.test(file))).toEqual([]);
    }
    expect(packed["skein"]).toContain("web/index.html");
    expect(packed["@skein/client"]).toContain("dist/index.js");
    expect(packed["@skein/client"]).toContain("dist/index.d.ts");
    expect(packed["@skein/client"]).not.toContain("dist/left-over.js");
  });

  test("skein serves its own web app, not what lies in the project, and talks to the demo agent", async () => {
    const foreign = join(project, "apps/web/dist");
    await mkdir(foreign, { recursive: true });
    await writeFile(join(foreign, "index.html"), "<title>Somebody else's</title>");
    const list = { files: { "index.html": { type: "text/html", immutable: false } } };
    await writeFile(join(foreign, "build.json"), JSON.stringify(list));

    const data = ["--data", join(directory, "data")];
    const server = Bun.spawn(["npx", "skein", "serve", "--json", "--port", "0", ...data], {
      cwd: project,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const ready = await firstLine(server.stdout);
    try {
      const page = await fetch(`${ready.url}/`, { headers: { accept: "text/html" } });
      expect(page.status).toBe(200);
      const html = await page.text();
      expect(html).toBe(await readFile(join(project, "node_modules/skein/web/index.html"), "utf8"));
      const script = /<script[^>]* src="([^"]+)"/.exec(html)?.[1] ?? "none";
      expect((await fetch(new URL(script, ready.url))).status).toBe(200);

      const said = await run(["npx", "skein", "run", "--agent", "demo", "hello", ...data], project);
      expect(said).toContain("hello");
    } finally {
      process.kill(ready.pid, "SIGTERM");
      await server.exited;
    }
  }, 120_000);

  test("@skein/client is imported by Node, each of its entries that needs no React", async () => {
    const program = `
      import { SkeinClient, SkeinError } from "@skein/client";
      import * as protocol from "@skein/client/protocol";
      import * as replica from "@skein/client/replica";
      console.log(typeof SkeinClient, protocol.SkeinError === SkeinError, typeof replica.Replica);
    `;
    await writeFile(join(project, "program.mjs"), program);
    expect(await run(["node", "program.mjs"], project)).toBe("function true function\n");
  }, 60_000);

  test.each([
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])(
    "its types are whole in a program for Node without the DOM's: %s, resolved as by %s",
    async (module, resolution) => {
      const program = `
      import { indexedDbReplicas, memoryStorage, SkeinClient, webStorage } from "@skein/client";
      import type { Commit } from "@skein/client/protocol";
      import { Replica } from "@skein/client/replica";

      export async function start(url: string, token: string): Promise<string> {
        const client = new SkeinClient({ url, token, storage: memoryStorage() });
        const { thread } = await client.command("thread.create", { agent: "demo", cwd: process.cwd() });
        // @ts-expect-error there is no such command
        await client.command("thread.none", { thread });
        return thread;
      }
      export type { Commit };
      export { indexedDbReplicas, Replica, webStorage };
    `;
      const file = join(project, `${resolution}.ts`);
      await writeFile(file, program);
      const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022", "--types", "node"];
      const types = ["--typeRoots", join(root, "node_modules/@types")];
      const how = ["--module", module, "--moduleResolution", resolution];
      await run([join(root, "node_modules/.bin/tsc"), ...options, ...types, ...how, file], project);
    },
    60_000,
  );
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<{ url: string; pid: number }> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) return JSON.parse(text) as { url: string; pid: number };
  }
  throw new Error(`The server ended before it was ready: ${text}`);
}
