import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Place } from "./testing/skein.ts";

/** What the server says to try next, in installations of each kind; what it says is run. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

const SERVER = fileURLToPath(new URL("../..", import.meta.url));
const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

/** Installs the package at a directory as npm does: its files, what it depends on, and a link to its launcher. */
async function install(root: string, bin: string): Promise<void> {
  const modules = join(root, "node_modules");
  await mkdir(modules, { recursive: true });
  await mkdir(dirname(bin), { recursive: true });
  for (const name of ["bun", "@skein", "@agentclientprotocol", "commander", "uqr", "zod"])
    await symlink(join(MODULES, name), join(modules, name));
  await mkdir(join(modules, "skein"));
  for (const part of ["bin", "src", "package.json"])
    await cp(join(SERVER, part), join(modules, "skein", part), { recursive: true });
  await symlink(join(modules, "skein", "bin", "skein"), bin);
}

/** Starts a server by a command line in a directory, and gives what it says to try, up to its arguments. */
async function advice(command: string, env: Record<string, string>): Promise<string> {
  const child = place.shell(`cd "${env["INIT_CWD"] ?? place.cwd}" && exec ${command} serve --port 0`, "sh", [], env);
  const line = await child.err.line((each) => each.startsWith("try "));
  child.process.kill("SIGTERM");
  expect(await child.process.exited).toBe(0);
  return /^try {4}(.*) run --agent demo "hello"$/.exec(line)?.[1] ?? line;
}

/** Whether the words said run this version in a shell that stands in a directory, with no more than the usual path. */
async function works(said: string, directory: string, path: string): Promise<boolean> {
  const { code, out } = await place.shell(`cd "${directory}" && ${said} --version`, "sh", [], { PATH: path }).ended();
  return code === 0 && out === "0.1.0\n";
}

test("what to try next works where the person stands, however the server was started", async () => {
  const usual = process.env["PATH"] ?? "";
  const project = join(place.root, "project");
  const local = join(project, "node_modules", ".bin", "skein");
  await install(project, local);
  const prefix = join(place.root, "prefix");
  await install(join(prefix, "lib"), join(prefix, "bin", "skein"));
  const fetched = join(place.root, "_npx", "0123");
  const byNpx = join(fetched, "node_modules", ".bin", "skein");
  await install(fetched, byNpx);
  const injected = { npm_command: "exec", PATH: `${dirname(byNpx)}:${usual}` };

  // `npm start`, or `npx skein`, in the directory it is installed in, and below it.
  const below = join(project, "src");
  await mkdir(below);
  const started = { npm_command: "start", INIT_CWD: below, PATH: `${dirname(local)}:${usual}` };
  expect(await advice(local, started)).toBe("npx skein");
  expect(await works("npx --no-install skein", below, usual)).toBe(true);
  // By its path from elsewhere, as `npm --prefix` does.
  const far = await advice(local, { ...started, INIT_CWD: place.cwd });
  expect(far).toBe(join(project, "node_modules", "skein", "bin", "skein"));
  expect(await works(far, place.cwd, usual)).toBe(true);
  // A global installation.
  const path = `${join(prefix, "bin")}:${usual}`;
  expect(await advice("skein", { PATH: path })).toBe("skein");
  expect(await works("skein", place.cwd, path)).toBe(true);
  // By npx: of a version in the registry, and of a file, which npx would not find by its name.
  await writeFile(join(fetched, "package.json"), '{"dependencies":{"skein":"^0.1.0"}}');
  expect(await advice("skein", injected)).toBe("npx skein");
  await writeFile(join(fetched, "package.json"), '{"dependencies":{"skein":"file:../skein.tgz"}}');
  const file = await advice("skein", injected);
  expect(file).toBe(join(fetched, "node_modules", "skein", "bin", "skein"));
  expect(await works(file, place.cwd, usual)).toBe(true);
});
