import { basename, join } from "node:path";

export type Script = {
  /** Below `dist`, with a hash of the content in it. */
  name: string;
  text: string;
  entry: boolean;
};

/**
 * Bundles scripts for browsers, minified. The workspace's own packages are taken from their sources.
 * @throws with what the bundler had to say, when it fails.
 */
export async function scriptsOf(
  root: string,
  entries: readonly string[],
  options: { splitting: boolean; define?: Record<string, string> },
): Promise<Script[]> {
  const built = await Bun.build({
    entrypoints: entries.map((entry) => join(root, entry)),
    target: "browser",
    format: options.splitting ? "esm" : "iife",
    splitting: options.splitting,
    minify: true,
    conditions: ["bun"],
    naming: { entry: "assets/[name]-[hash].[ext]", chunk: "assets/[name]-[hash].[ext]" },
    define: { "process.env.NODE_ENV": '"production"', ...options.define },
  });
  return Promise.all(
    built.outputs.map(async (output) => ({
      name: join("assets", basename(output.path)),
      text: await output.text(),
      entry: output.kind === "entry-point",
    })),
  );
}

/** The entry among the outputs, with the chunks it needs before it can run, found by following static imports. */
export function pickEntry(scripts: readonly Script[]): Script & { imports: string[] } {
  const entry = scripts.find((script) => script.entry);
  if (entry === undefined) throw new Error("The bundle has no entry.");
  const byName = new Map(scripts.map((script) => [script.name, script]));
  const found = new Set<string>();
  const follow = (script: Script): void => {
    for (const [, file = ""] of script.text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.js)"/g)) {
      const name = join("assets", file);
      const next = byName.get(name);
      if (next === undefined || found.has(name) || name === entry.name) continue;
      found.add(name);
      follow(next);
    }
  };
  follow(entry);
  return { ...entry, imports: [...found] };
}
