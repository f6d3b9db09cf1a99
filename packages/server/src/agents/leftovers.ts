import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** The environment variable by which a process is known to belong to the server on a data directory. */
const OWNER = "SKEIN_OWNER";

/** Where a data directory has a file for each process group that runs: its name is the leader's pid, its text `startOf` it. */
const GROUPS = "processes";

/** What every process that a server starts has in its environment. @param data the data directory's real path */
export const ownedBy = (data: string): Record<string, string> => ({ [OWNER]: data });

/** Notes that a process group was started with this environment. Does nothing where there is no `/proc`. */
export function noteGroup(env: Readonly<Record<string, string>> | undefined, leader: number): void {
  const data = env?.[OWNER];
  if (data === undefined) return;
  try {
    const start = startOf(readFileSync(`/proc/${leader}/stat`, "utf8"));
    mkdirSync(join(data, GROUPS), { recursive: true, mode: 0o700 });
    writeFileSync(join(data, GROUPS, String(leader)), start);
  } catch {
    // It has ended, or there is no room for the note: after a crash of the server it is left alone.
  }
}

/** The group has ended. */
export function forgetGroup(env: Readonly<Record<string, string>> | undefined, leader: number): void {
  const data = env?.[OWNER];
  if (data !== undefined) rmSync(join(data, GROUPS, String(leader)), { force: true });
}

/**
 * Ends what a server that was killed left running: its agents and their terminals, which would otherwise work on
 * unseen, some for ever (G7). Such a process is in a group that was noted, and it is known by its environment, which
 * children inherit: so a number that was given away anew is never mistaken for it. What left its group, like the server of
 * a terminal multiplexer, may serve somebody by now and is spared; so are this process and those it was started by: it may
 * itself have been started from an agent's terminal. Does nothing where there is no `/proc` (proc(5)): on macOS.
 * docs/DECISIONS.md, Threads 19.
 *
 * @param data the data directory's real path; whoever calls holds its lock
 * @param crashed Whether the last server was killed; one that ended as it should has ended its processes, and only what it
 *   had noted is forgotten.
 * @returns how many processes were ended
 */
export async function endLeftovers(data: string, crashed: boolean): Promise<number> {
  const groups = crashed ? await notedGroups(data) : new Set<number>();
  const pids = groups.size > 0 ? await numbersIn("/proc") : [];
  const spared = await selfAndAncestors();
  const ended = await Promise.all(
    pids.map(async (pid) => !spared.has(pid) && (await isLeft(pid, data, groups)) && kill(pid)),
  );
  await rm(join(data, GROUPS), { recursive: true, force: true });
  return ended.filter(Boolean).length;
}

/** Those whose leader is the one that was noted, or gone: while anybody is in a group, its number is of nobody else. */
async function notedGroups(data: string): Promise<Set<number>> {
  const noted = await Promise.all(
    (await numbersIn(join(data, GROUPS))).map(async (leader) => {
      const start = await readFile(join(data, GROUPS, String(leader)), "utf8").catch(() => "");
      const stat = await readFile(`/proc/${leader}/stat`, "utf8").catch(() => null);
      return stat === null || startOf(stat) === start ? [leader] : [];
    }),
  );
  return new Set(noted.flat());
}

async function isLeft(pid: number, data: string, groups: ReadonlySet<number>): Promise<boolean> {
  try {
    const group = Number(statFields(await readFile(`/proc/${pid}/stat`, "utf8"))[2]);
    if (!groups.has(group)) return false;
    return (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").includes(`${OWNER}=${data}`);
  } catch {
    // Ended meanwhile, or another user's: none of ours.
    return false;
  }
}

/** What follows the program's name, which may have blanks and brackets in it: state, parent, group, session. */
const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** When a process started, in ticks since the machine did. */
const startOf = (stat: string): string => statFields(stat)[19] ?? "";

async function numbersIn(directory: string): Promise<number[]> {
  return (await readdir(directory).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
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
