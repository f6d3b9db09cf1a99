import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { RequestError, RPC } from "../rpc-peer.ts";

/** As many symbolic links as Linux follows in one path (`ELOOP`). */
const MAX_LINKS = 40;

/**
 * The real path, symbolic links resolved, of a file that need not exist yet: the deepest part that exists is
 * resolved, and a link to nowhere is followed to where it would lead. `inside`: it lies in `root`.
 */
export async function resolveReal(root: string, path: string): Promise<{ real: string; inside: boolean }> {
  const real = await realTarget(resolve(root, path), 0);
  return { real, inside: isInside(await realpath(root), real) };
}

/** Whether a real path is a real directory, or lies below it. */
export function isInside(directory: string, real: string): boolean {
  const way = relative(directory, real);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function realTarget(path: string, links: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  const parent = dirname(path);
  const link = await lstat(path).catch(() => null);
  if (link?.isSymbolicLink()) {
    if (links >= MAX_LINKS) throw new RequestError(RPC.invalidParams, `${path}: too many symbolic links.`, { path });
    return realTarget(resolve(await realpath(parent), await readlink(path)), links + 1);
  }
  return parent === path ? path : join(await realTarget(parent, links), basename(path));
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
