import { readFileSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

type Env = Readonly<Record<string, string | undefined>>;

const LAUNCHER = fileURLToPath(new URL("../../bin/skein", import.meta.url));

/**
 * What a person types for `skein` where this was started from: the name where the shell finds it, `npx skein` where npm
 * finds this very one, else the launcher's path, which works anywhere.
 * @param launcher The launcher's path.
 * @param from The directory that the person stands in.
 */
export function ownCommand(env: Env, launcher: string = LAUNCHER, from: string = startedFrom(env)): string {
  const own = real(launcher);
  const isOwn = (path: string): boolean => own !== null && real(path) === own;
  // What npm puts in front of the path is there for the program that it starts, and for no other shell.
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "" && !(env["npm_command"] && directory.includes("node_modules")));
  const first = onPath.map((directory) => join(directory, "skein")).find((path) => real(path) !== null);
  if (first !== undefined && isOwn(first)) return "skein";
  if (ancestors(from).some((directory) => isOwn(join(directory, "node_modules", ".bin", "skein")))) return "npx skein";
  if (isFetchedByName(own ?? launcher)) return "npx skein";
  return /^[\w./@+-]+$/.test(launcher) ? launcher : `'${launcher.replaceAll("'", "'\\''")}'`;
}

/** npm tells where it was started; what it starts runs in the package's directory. */
function startedFrom(env: Env): string {
  try {
    return env["INIT_CWD"] || process.cwd();
  } catch {
    // The directory is there no more: nothing is found from it.
    return "/";
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // Not there, or not to be seen: then it is not this one.
    return null;
  }
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

/** Whether npx fetched it from the registry by its name, as it would again: it keeps what it was asked for beside it. */
function isFetchedByName(launcher: string): boolean {
  const root = ancestors(launcher).find((path) => basename(dirname(path)) === "_npx");
  if (root === undefined) return false;
  try {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies?: { skein?: unknown };
    };
    const wanted = dependencies?.skein;
    return typeof wanted === "string" && !/[:/]/.test(wanted);
  } catch {
    // An npm that keeps it otherwise: the path works in any case.
    return false;
  }
}
