import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { absolutePath } from "./absolute-path.ts";
import { UnreachableError } from "./exit-codes.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A server on this machine, as it wrote itself down in `server.json`. */
export type KnownServer = {
  url: string;
  pid: number;
  /** Whether it runs in a command, and goes with it. */
  inCommand: boolean;
};

/** The data directory: `--data`, else `SKEIN_DATA`, else in the user's data directory (XDG Base Directory 0.8). @throws UsageError */
export function dataDirectory(env: Env, flag: string | undefined): string {
  const named = flag ?? env["SKEIN_DATA"];
  if (named) return absolutePath(named, "--data");
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "skein");
}

/** Whether a server ever ran on a data directory. */
export const hasData = (data: string): boolean => existsSync(join(data, "skein.sqlite"));

/** The server that `SKEIN_URL` names, unless `--data` says that it is not to be used; else `null`. */
export function remoteUrl(env: Env, flag: string | undefined): string | null {
  return flag === undefined ? env["SKEIN_URL"] || null : null;
}

/** The server that runs on a data directory, or `null`. What a server that was killed left behind counts for nothing. */
export async function runningServer(data: string): Promise<KnownServer | null> {
  const known = await readServerFile(join(data, "server.json"));
  if (known === null || !isOurs(known.pid)) return null;
  return (await healthOf(known.url)) === null ? null : known;
}

/** The version a server answers with at `/healthz`; `null` when nothing there answers as Skein does. */
export async function healthOf(url: string): Promise<string | null> {
  try {
    const response = await fetch(new URL("/healthz", url), { signal: AbortSignal.timeout(2_000) });
    const health = (await response.json()) as { ok?: unknown; version?: unknown };
    return health.ok === true && typeof health.version === "string" ? health.version : null;
  } catch {
    // Refused, silent or not Skein: all the same to whoever looks for a server.
    return null;
  }
}

/**
 * The token of the server on a data directory.
 * @throws UnreachableError when the file cannot be read.
 */
export async function readToken(data: string): Promise<string> {
  const file = join(data, "token");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreachableError(`Cannot read the server's token in ${file}: ${why}`);
  }
}

async function readServerFile(file: string): Promise<KnownServer | null> {
  try {
    const value = JSON.parse(await readFile(file, "utf8")) as Partial<KnownServer> | null;
    if (typeof value?.url !== "string" || typeof value.pid !== "number") return null;
    return { url: value.url, pid: value.pid, inCommand: value.inCommand === true };
  } catch {
    // Absent, or half written by a server that was killed at it: then there is none.
    return null;
  }
}

/**
 * Whether a process that this user may signal has that id: the token is not for another user's, who took the port since.
 * Root may signal every process.
 */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
