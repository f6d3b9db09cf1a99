import { readFile } from "node:fs/promises";

/**
 * User and system time of a process so far, in milliseconds; `NaN` where there is no /proc.
 * proc_pid_stat(5): fields 14 and 15, in ticks of 10 ms.
 */
export async function cpuMsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
