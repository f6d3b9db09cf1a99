import * as z from "zod";
import { readJsonFile } from "../json-file.ts";
import type { AgentRecipe } from "./known-agents.ts";

const recipe = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  command: z.string().min(1).max(4096),
  args: z.array(z.string()).max(256).default([]),
  env: z.record(z.string().min(1), z.string()).optional(),
  needs: z.string().max(1000).optional(),
});
const file = z.strictObject({
  agents: z.record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "expected a name of letters, digits, _ and -"), recipe),
});

/**
 * Reads a person's own agents: `{"agents": {"mine": {"command": "/opt/mine", "args": ["--acp"], "title": "Mine"}}}`.
 * No file, no agents.
 * @throws SkeinError `invalid`, naming the file and the place in it.
 */
export async function readUserAgents(path: string): Promise<Record<string, AgentRecipe>> {
  const { agents } = (await readJsonFile(path, file)) ?? { agents: {} };
  return Object.fromEntries(
    Object.entries(agents).map(([name, { title = name, command, args, env, needs }]) => [
      name,
      { title, command, args, ...(env ? { env } : {}), ...(needs === undefined ? {} : { needs }) },
    ]),
  );
}
