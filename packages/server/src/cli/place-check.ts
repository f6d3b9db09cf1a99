import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** What is to stand at a path, and what is to be done there by whoever runs the server. */
export type Wanted = { kind: "file" | "directory"; written: boolean };

/** What is wrong with what stands at a path, and what to do about it; `null` where nothing is, or nothing stands. */
export async function misplaced(path: string, wanted: Wanted): Promise<{ says: string; remedy: string } | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const { kind, written } = wanted;
  if (kind === "file" ? !found.isFile() : !found.isDirectory()) {
    return { says: `${path} is no ${kind}`, remedy: `Run: mv '${path}' '${path}.old'.` };
  }
  const rights = kind === "directory" ? "rwx" : "rw";
  const remedy = `Run: chmod u+${rights} '${path}'; if it is another user's, make it yours with chown.`;
  if (!(await permits(path, constants.R_OK))) return { says: `${path} cannot be read`, remedy };
  const writing = kind === "directory" ? constants.W_OK | constants.X_OK : constants.W_OK;
  return written && !(await permits(path, writing)) ? { says: `${path} cannot be written to`, remedy } : null;
}

/** Whether a directory that is not there can be made; if not, the nearest path above it, where that fails. */
export async function unmakeable(path: string): Promise<string | null> {
  const above = await nearest(path);
  const isDirectory = (await stat(above)).isDirectory();
  return isDirectory && (await permits(above, constants.W_OK | constants.X_OK)) ? null : above;
}

/** The nearest thing above a path that is there. */
async function nearest(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  return (await stat(parent).catch(() => null)) ? parent : nearest(parent);
}

async function permits(path: string, rights: number): Promise<boolean> {
  try {
    await access(path, rights);
    return true;
  } catch {
    return false;
  }
}
