import { join } from "node:path";

const MAIN = join(import.meta.dir, "..", "..", "packages", "server", "src", "main.ts");

/** Runs the command line against a server, to its end. */
export async function runSkein(
  args: readonly string[],
  server: { url: string; token: string },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1", SKEIN_URL: server.url, SKEIN_TOKEN: server.token },
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}
