import { readFile } from "node:fs/promises";
import { z } from "zod";
import { SkeinError } from "@skein/client/protocol";
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
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw new SkeinError("invalid", `${path} cannot be read: ${tell(error)}.`, {
      detail: { file: path },
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SkeinError("invalid", `${path} is not JSON: ${tell(error)}.`, { detail: { file: path }, cause: error });
  }
  const read = file.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    const where = issue?.path.join(".") ?? "";
    const text = `${path}: ${where === "" ? "" : `${where}: `}${issue?.message ?? "wrong shape"}.`;
    throw new SkeinError("invalid", text, { path: where, detail: { file: path } });
  }
  return Object.fromEntries(
    Object.entries(read.data.agents).map(([name, { title = name, command, args, env, needs }]) => [
      name,
      { title, command, args, ...(env ? { env } : {}), ...(needs === undefined ? {} : { needs }) },
    ]),
  );
}

const tell = (error: unknown): string => (error instanceof Error ? error.message : String(error));
