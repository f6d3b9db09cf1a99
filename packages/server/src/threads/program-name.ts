import { basename } from "node:path";

/** Programs that fetch a package and run it, with the words that come before the package. */
const RUNNERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["npx", []],
  ["bunx", []],
  ["pnpx", []],
  ["uvx", []],
  ["npm", ["exec", "x"]],
  ["pnpm", ["dlx", "exec"]],
  ["yarn", ["dlx"]],
  ["bun", ["x"]],
  ["pipx", ["run"]],
]);

/** Options of these that take the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  "-p",
  "--package",
  "-w",
  "--workspace",
  "--from",
  "--with",
  "--python",
]);

const NAME_UNITS = 64;

/** What a program is called: its file's name, or that of the package that `npx` and its like run. */
export function programName({ command, args }: { command: string; args: readonly string[] }): string {
  const own = basename(command).replace(/\.(?:exe|cmd)$/i, "");
  const name = packageOf(own, args) ?? own;
  return name.slice(0, NAME_UNITS);
}

function packageOf(runner: string, args: readonly string[]): string | null {
  const before = RUNNERS.get(runner);
  if (before === undefined) return null;
  const first = args[0] ?? "";
  if (before.length > 0 && !before.includes(first)) return null;
  const words = before.length > 0 ? args.slice(1) : args;
  const found = words.find((word, at) => !word.startsWith("-") && !WITH_VALUE.has(words[at - 1] ?? ""));
  // `@scope/name@1.2.3`, `github:owner/name#branch`, `./name`
  const name = found === undefined ? "" : basename(found.replace(/(?<=[^/@])[@#].*$/, ""));
  return name === "" ? null : name;
}
