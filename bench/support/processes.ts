import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");

/** Where what the benchmarks make lies; ignored by git. */
export const RESULTS = join(root, "bench", "results");

/**
 * Runs a program of the benchmarks, a TypeScript file, with a task as its argument, and returns the JSON object it
 * prints as its last line. The runtime is Bun, or Node with the file built for it first.
 */
export async function runTask<Result>(file: string, task: unknown, runtime: "bun" | "node" = "bun"): Promise<Result> {
  const program = runtime === "bun" ? [process.execPath, file] : ["node", "--expose-gc", await buildForNode(file)];
  const child = Bun.spawn([...program, JSON.stringify(task)], { cwd: root, stdout: "pipe", stderr: "inherit" });
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${output.slice(-2000)}`);
  return JSON.parse(last) as Result;
}

async function buildForNode(file: string): Promise<string> {
  const built = await Bun.build({
    entrypoints: [file],
    target: "node",
    packages: "external",
    outdir: join(RESULTS, "build"),
    naming: "[name].mjs",
  });
  const output = built.outputs[0];
  if (!built.success || output === undefined) throw new Error(`${file} could not be built for Node.`);
  return output.path;
}
