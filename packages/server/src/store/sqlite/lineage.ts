import { readFileSync, statSync } from "node:fs";
import type { RunRecord } from "./lock.ts";

/**
 * Whether commits that some client has seen may be missing from the database, so that its numbers would be given out
 * a second time: then it needs a new epoch, and every client that was ahead starts over from a snapshot.
 *
 * - The lock file knows nothing of this database, or knows another run than the database does, or another file:
 *   something (a backup, a copy) was put in its place.
 * - The last run did not end cleanly, the machine has been started since, and commits were not flushed to the disk one
 *   by one: what the operating system had not written yet is lost. (A program that is killed loses nothing: what it
 *   wrote is with the operating system.)
 *
 * A needless new epoch costs each client one snapshot; a missing one would cost the truth. In doubt: yes.
 */
export function mayHaveLost(
  last: RunRecord | null,
  now: { run: string | null; mark: string; cleanMark: string; boot: string },
): boolean {
  if (last === null || now.run === null || last.run !== now.run) return true;
  if (last.clean) return last.mark !== now.cleanMark;
  if (last.mark !== now.mark) return true;
  return last.boot !== now.boot && last.durability !== "full";
}

/**
 * What tells a file from another one put in its place: its inode, and after a clean end also when it was last changed
 * in any way (`ctime`, which no copying program can set), because `cp` over a file keeps the inode. The device is left
 * out: its number may differ after a restart for the same file.
 */
export function fileMark(file: string): { mark: string; cleanMark: string } {
  const stat = statSync(file, { bigint: true });
  return { mark: String(stat.ino), cleanMark: `${stat.ino}:${stat.ctimeNs}` };
}

/**
 * Names the time since the machine was started. Where it cannot be known, no two answers are equal: every unclean end
 * then counts as a power cut, which is safe.
 */
export function bootId(): string {
  try {
    if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    if (process.platform === "darwin") {
      const asked = Bun.spawnSync(["sysctl", "-n", "kern.bootsessionuuid"]);
      if (asked.success) return asked.stdout.toString().trim();
    }
  } catch {
    // A container may hide it: see above.
  }
  return crypto.randomUUID();
}
