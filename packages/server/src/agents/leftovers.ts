import { readdir, readFile } from "node:fs/promises";

/** The environment variable by which a process is known to belong to the server on a data directory. */
const OWNER = "SKEIN_OWNER";

/** What every process that a server starts has in its environment. @param data the data directory's real path */
export const ownedBy = (data: string): Record<string, string> => ({ [OWNER]: data });

/**
 * Ends what a server that was killed left running: its agents and their terminals, which would otherwise work on
 * unseen, some for ever (G7). They are known by their environment, which children inherit, so a number that was given
 * away anew is never mistaken for them. Spares this process and those it was started by: it may itself have been started
 * from an agent's terminal. Does nothing where there is no `/proc` (proc(5)): on macOS. docs/DECISIONS.md, Threads 19.
 * @param data the data directory's real path; whoever calls holds its lock
 * @returns how many processes were ended
 */
export async function endLeftovers(data: string): Promise<number> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const spared = await selfAndAncestors();
  const ended = await Promise.all(pids.map(async (pid) => !spared.has(pid) && (await isOwned(pid, data)) && kill(pid)));
  return ended.filter(Boolean).length;
}

async function isOwned(pid: number, data: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").includes(`${OWNER}=${data}`);
  } catch {
    // Ended meanwhile, or another user's: none of ours.
    return false;
  }
}

async function selfAndAncestors(): Promise<Set<number>> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); pid = await parentOf(pid)) found.add(pid);
  return found;
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // Ended meanwhile.
    return false;
  }
}
