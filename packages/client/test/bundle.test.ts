import { expect, test } from "bun:test";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

/** Bundles an entry for browsers, and tells every import that was not relative. */
async function bundle(entry: string, external: string[] = []): Promise<{ code: string; imports: Set<string> }> {
  const imports = new Set<string>();
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../src", entry)],
    target: "browser",
    external,
    plugins: [
      {
        // Asked before Bun would put something of its own in the place of a Node module.
        name: "note imports",
        setup(build) {
          build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
            imports.add(path);
            return undefined;
          });
        },
      },
    ],
  });
  const [output] = built.outputs;
  if (!output) throw new Error("Nothing was built.");
  return { code: await output.text(), imports };
}

test("the browser entry reaches zod and nothing else: no Node module, no ws", async () => {
  const { code, imports } = await bundle("index.ts");
  expect([...imports]).toEqual(["zod"]);
  expect(code).not.toMatch(/\bfrom\s*["']|\brequire\(|\bimport\(["']/);
});

test("the browser entry of the hooks reaches react and zod, and no Node module", async () => {
  const { code, imports } = await bundle("react/index.ts", ["react"]);
  expect([...imports].toSorted()).toEqual(["react", "zod"]);
  const left = [...code.matchAll(/\bfrom\s*["']([^"']+)["']/g)].map(([, name]) => name);
  expect(new Set(left)).toEqual(new Set(["react"]));
});

/** What esbuild, which most bundlers build on, makes of a program: its length in bytes, minified. */
async function bytesOf(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: join(import.meta.dir, "../src"), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
  });
  return outputFiles.reduce((sum, { contents }) => sum + contents.byteLength, 0);
}

test("what a program does not use is not in its bundle: of zod only what the schemas need", async () => {
  expect(await bytesOf('export { SkeinClient } from "./index.ts";')).toBeLessThan(170_000);
  expect(await bytesOf('export { SkeinError } from "./index.ts";')).toBeLessThan(110_000);
});

test("the browser entry loads and connects where there is only what a browser has", async () => {
  const { code } = await bundle("index.ts");
  const opened: string[] = [];
  class WebSocket extends EventTarget {
    constructor(url: string, protocol: string) {
      super();
      opened.push(`${url} ${protocol}`);
    }
    close(): void {}
  }
  const page = {
    WebSocket,
    URL,
    EventTarget,
    AbortSignal,
    TextEncoder,
    crypto,
    setTimeout,
    clearTimeout,
    queueMicrotask,
  };
  const context = createContext({ ...page, console, fetch: () => Promise.reject(new Error("offline")) });
  const script = code.replace(/export\s*\{([^}]*)\};?\s*$/, (_, names: string) => {
    const name = /(\S+) as SkeinClient\b/.exec(names)?.[1] ?? "SkeinClient";
    return `const client = new ${name}({ url: "https://skein.test/base/" }); client.connect(); client.status.state;`;
  });
  expect(runInContext(script, context)).toBe("connecting");
  expect(opened).toEqual(["wss://skein.test/base/v1/socket skein.v1"]);
  runInContext("client.close()", context);
});
