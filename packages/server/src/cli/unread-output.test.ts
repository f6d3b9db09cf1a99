import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { openSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../agents/testing/watched-agent.ts";
import { Place, scripted } from "./testing/skein.ts";

/** Whoever reads stdout may stop reading, as `head` does. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const MAIN = join(import.meta.dir, "..", "main.ts");

/** Runs `skein … | head -n 1`; the code is that of `skein`. */
async function toHead(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const script = `set -o pipefail; "$@" | head -n 1`;
  const command = ["bash", "-c", script, "bash", process.execPath, MAIN, ...args];
  const child = Bun.spawn(command, { cwd: place.cwd, env: place.env, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

test("with a server in the command: it ends like one that SIGPIPE ended, its turn and its agent with it", async () => {
  // The agent heeds no end of its stdin, and goes on talking.
  const steps = [{ ignore: "EOF" as const }, { tell: "pid" as const }, { text: "\n" }, { until: "go" }];
  const ended = toHead(["run", ...scripted(...steps, { text: "line\n", times: 100_000 }, { hang: true })]);
  await Bun.write(join(place.cwd, "go"), "");
  const { code, out, err } = await ended;
  expect({ code, err }).toEqual({ code: 141, err: expect.stringMatching(/^\[thread\] [^\n]*\n$/) });
  expect(isAlive(Number(out))).toBe(false);
  expect(await Bun.file(join(place.data, "server.json")).exists()).toBe(false);
  const { items } = await place.exportJson(await place.onlyThread());
  expect(items.find(({ kind }) => kind === "turn")).toMatchObject({
    status: "interrupted",
    error: { message: expect.stringContaining("The server was stopped.") },
  });
});

test("with a server that runs by itself: the turn goes on there", async () => {
  await place.serve();
  const steps = [{ text: "line\n", times: 100_000 }, { until: "let" }];
  expect(await toHead(["run", ...scripted(...steps)])).toMatchObject({ code: 141, out: "line\n" });
  const thread = await place.onlyThread();
  await Bun.write(join(place.cwd, "let"), "");
  for (;;) {
    const turn = (await place.exportJson(thread)).items.find(({ kind }) => kind === "turn");
    if (turn?.["status"] === "done") break;
    expect(turn?.["status"]).toBe("running");
  }
});

test("a disk that is full is told, and fails", async () => {
  if (process.platform !== "linux") return;
  const full = openSync("/dev/full", "w");
  const child = Bun.spawn([process.execPath, MAIN, "run", "--agent", "demo", "hello"], {
    cwd: place.cwd,
    env: place.env,
    stdout: full,
    stderr: "pipe",
  });
  const err = await new Response(child.stderr).text();
  expect(await child.exited).toBe(1);
  expect(err).toContain("ENOSPC");
});
