import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RealAgent } from "./agents.ts";

/**
 * Installs an agent into the cache folder, once for each version: they are too large to be dependencies.
 * @returns The path of its program.
 * @throws Error when npm could not.
 */
export async function install(agent: RealAgent, cache: string): Promise<string> {
  const directory = join(cache, `${agent.name}-${agent.version}`);
  const program = join(directory, "node_modules", ".bin", agent.program);
  const isThere = await stat(program).catch(() => null);
  if (isThere) return program;
  await mkdir(directory, { recursive: true });
  const npm = Bun.spawn(
    [
      "npm",
      "install",
      "--prefix",
      directory,
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
      `${agent.package}@${agent.version}`,
    ],
    { stdin: "ignore", stdout: "inherit", stderr: "inherit" },
  );
  if ((await npm.exited) !== 0) throw new Error(`npm could not install ${agent.package}@${agent.version}.`);
  return program;
}
