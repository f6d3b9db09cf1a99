import { opendir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { SkeinError, type Result } from "@skein/client/protocol";

/** As many as a person looks through. */
const MAX_SHOWN = 100;
/** Entries of one directory that are read; a directory of more is shown in part. */
const MAX_READ = 10_000;

/**
 * The directories whose path begins with a prefix (P73), for a person who types one. A directory that is not there or
 * may not be read has none.
 * @throws SkeinError `invalid` for a path that is not absolute.
 */
export async function listDirectories(prefix: string, home = homedir()): Promise<Result<"directories.list">> {
  const typed = typedPath(prefix || "~/", "params.prefix", home);
  const path = resolve(typed);
  // Cut before it is resolved: what was typed of a name may be ".", which is not the directory itself here.
  const slash = typed.lastIndexOf("/") + 1;
  const parent = resolve(typed.slice(0, slash));
  const start = typed.slice(slash);
  const found = await namesIn(parent, start);
  return {
    path,
    exists: await isDirectory(path),
    directories: found.names.slice(0, MAX_SHOWN).map((name) => join(parent, name)),
    more: found.cut || found.names.length > MAX_SHOWN,
    home,
  };
}

/**
 * The absolute path that a person means by one they typed.
 * @param member What a fault names as its place.
 * @throws SkeinError `invalid` for a path that begins neither with `/` nor `~`.
 */
export const absolutePath = (typed: string, member: string): string => resolve(typedPath(typed, member, homedir()));

function typedPath(typed: string, member: string, home: string): string {
  const path = typed.replace(/^~(?=\/|$)/, home);
  if (isAbsolute(path) && !path.includes("\0")) return path;
  throw new SkeinError("invalid", "A directory's path begins with / or ~.", { path: member });
}

async function namesIn(parent: string, start: string): Promise<{ names: string[]; cut: boolean }> {
  const names: string[] = [];
  let read = 0;
  try {
    for await (const entry of await opendir(parent)) {
      if (++read > MAX_READ) break;
      if (!begins(entry.name, start)) continue;
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(join(parent, entry.name))))) {
        names.push(entry.name);
      }
    }
  } catch (error) {
    // Not there, no directory, or not ours to read: nothing to offer. The person sees it by `exists`.
    if (!isFileSystemError(error)) throw error;
  }
  return { names: names.sort((a, b) => a.localeCompare(b)), cut: read > MAX_READ };
}

/** Small letters stand for both; a hidden directory shows only to who typed its dot. */
function begins(name: string, start: string): boolean {
  if (name.startsWith(".") && !start.startsWith(".")) return false;
  return (start === start.toLowerCase() ? name.toLowerCase() : name).startsWith(start);
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isFileSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;
