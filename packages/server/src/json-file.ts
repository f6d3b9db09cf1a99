import { readFile } from "node:fs/promises";
import { SkeinError } from "@skein/client/protocol";
import type * as z from "zod";

/**
 * Reads a file that a person wrote. `null` when there is none.
 * @throws SkeinError `invalid`, naming the file and the place in it.
 */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const refuse = (what: string, more: { path?: string; cause?: unknown } = {}): SkeinError =>
    new SkeinError("invalid", `${path}${what}.`, { detail: { file: path }, ...more });
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw refuse(` cannot be read: ${tell(cause)}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(` is not JSON: ${tell(cause)}`, { cause });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  throw refuse(`: ${where === "" ? "" : `${where}: `}${issue?.message ?? "wrong shape"}`, { path: where });
}

const tell = (error: unknown): string => (error instanceof Error ? error.message : String(error));
