import { join } from "node:path";

const WEB = join(import.meta.dir, "../..");

/** Where the build is. */
export const DIST = join(WEB, "dist");

let built: Promise<void> | null = null;

/** Builds the sources as they are now, once however many test files ask; not where `SKEIN_WEB_BUILT` says that it is done. */
export function buildOnce(): Promise<void> {
  built ??= process.env["SKEIN_WEB_BUILT"] ? Promise.resolve() : build();
  return built;
}

async function build(): Promise<void> {
  const child = Bun.spawn([process.execPath, "build.ts"], {
    cwd: WEB,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) throw new Error("The web app could not be built.");
}
