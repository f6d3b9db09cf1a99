import { readFile } from "node:fs/promises";

/** What a process has given to write calls so far; proc_pid_io(5). Sockets are not counted: they take `send`. */
export type Written = { bytes: number; calls: number };

/** `NaN` where there is no /proc. */
export async function writtenBy(pid: number): Promise<Written> {
  const text = await readFile(`/proc/${pid}/io`, "utf8").catch(() => "");
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  return { bytes: field("wchar"), calls: field("syscw") };
}
