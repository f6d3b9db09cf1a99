/**
 * Makes the package it is started in ready to be packed, as its `prepack`: with a build made anew of what stands here, and
 * the licence. `@skein/client` gets its JavaScript and types, `skein` the web app it serves.
 */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dir, "..");

/** What each package is packed with, and by which command it comes to be. */
const PACKAGES: Record<string, (directory: string) => Promise<void>> = {
  async "@skein/client"(directory) {
    await rm(join(directory, "dist"), { recursive: true, force: true });
    await run([join(root, "node_modules/.bin/tsc"), "-p", "tsconfig.build.json"], directory);
  },
  async skein(directory) {
    const web = join(directory, "web");
    await run([process.execPath, "build.ts"], join(root, "apps/web"));
    await rm(web, { recursive: true, force: true });
    await cp(join(root, "apps/web/dist"), web, { recursive: true });
  },
};

async function run(command: string[], cwd: string): Promise<void> {
  const code = await Bun.spawn(command, { cwd, stdin: "ignore", stdout: "inherit", stderr: "inherit" }).exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}.`);
}

const directory = process.cwd();
const { name } = (await Bun.file(join(directory, "package.json")).json()) as { name: string };
const prepare = PACKAGES[name];
if (!prepare) throw new Error(`${name} is not a package that is published.`);
await prepare(directory);
await cp(join(root, "LICENSE"), join(directory, "LICENSE"));
