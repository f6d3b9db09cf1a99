import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { ProcessGroup } from "./process-group.ts";
import { isAlive } from "./testing/watched-agent.ts";

let cwd: string;
const started: ProcessGroup[] = [];
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), "skein-process-"))));
afterEach(async () => {
  for (const each of started.splice(0)) each.signal("SIGKILL");
  await rm(cwd, { recursive: true, force: true });
});

function shell(script: string, env?: Record<string, string>): ProcessGroup {
  const group = ProcessGroup.start({ command: "/bin/sh", args: ["-c", script], cwd, env, stdin: "pipe" });
  started.push(group);
  return group;
}

/** Reads until the text has come. */
async function readUntil(stream: ReadableStream<Uint8Array>, text: string): Promise<string> {
  const reader = stream.getReader();
  let read = "";
  while (!read.includes(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    read += Buffer.from(value).toString();
  }
  reader.releaseLock();
  return read;
}

const QUICK = { inputMs: 50, termMs: 50 };
const PATIENT = { inputMs: 60_000, termMs: 60_000 };

test("it has this process's environment and what is added, and its directory", async () => {
  const group = shell('echo "$ADDED $HOME"; pwd -P', { ADDED: "yes" });
  const text = await readUntil(group.stdout, cwd);
  expect(text).toContain(`yes ${process.env["HOME"]}`);
  expect(await group.exited).toEqual({ code: 0, signal: null });
});

test("the end of stdin ends one that listens", async () => {
  const group = shell("cat");
  group.write("hello\n");
  expect(await readUntil(group.stdout, "hello")).toBe("hello\n");
  await group.end(systemClock, PATIENT);
  expect(await group.exited).toEqual({ code: 0, signal: null });
});

test("SIGTERM ends one that ignores the end of stdin", async () => {
  const group = shell("while :; do sleep 0.05; done");
  await group.end(systemClock, { inputMs: 50, termMs: 60_000 });
  expect(await group.exited).toEqual({ code: null, signal: "SIGTERM" });
});

test("SIGKILL ends one that ignores SIGTERM", async () => {
  const group = shell("trap '' TERM; echo up; while :; do sleep 0.05; done");
  await readUntil(group.stdout, "up");
  await group.end(systemClock, QUICK);
  expect(await group.exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("facts: a child survives signals to its launcher, and is ended with the group all the same", async () => {
  const group = shell("(trap '' TERM; while :; do sleep 0.05; done) & echo child $!; exit 3");
  const child = Number(/child (\d+)/.exec(await readUntil(group.stdout, "\n"))?.[1]);
  expect(await group.exited).toEqual({ code: 3, signal: null });
  expect(isAlive(child)).toBe(true);
  await group.end(systemClock, QUICK);
  while (isAlive(child)) await Bun.sleep(5);
});

test("a clock that is set forward shortens nobody's grace", async () => {
  const group = shell("(trap '' TERM; echo up; sleep 0.3; echo done > done) & exit 0");
  await readUntil(group.stdout, "up");
  await group.exited;
  let hours = 0;
  await group.end({ ...systemClock, now: () => Date.now() + hours++ * 3_600_000 }, PATIENT);
  expect(await Bun.file(join(cwd, "done")).text()).toBe("done\n");
});

test("a group of which nobody is left is not signalled", async () => {
  const group = shell("exit 0");
  await group.exited;
  expect(group.signal("SIGTERM")).toBe(false);
});

test("writing to one that has ended, or closed its stdin, harms nobody", async () => {
  const group = shell("exec 0<&-; echo closed; sleep 0.2");
  await readUntil(group.stdout, "closed");
  group.write("x".repeat(1_000_000));
  group.write("y");
  await group.exited;
  group.write("z");
  group.endInput();
});

test("what cannot be started says why", async () => {
  const start = (command: string, directory = cwd) =>
    ProcessGroup.start({ command, args: ["a"], cwd: directory, stdin: "pipe" });
  await writeFile(join(cwd, "plain"), "text");
  await chmod(join(cwd, "plain"), 0o644);
  expect(() => start("skein-no-such-program")).toThrow(
    'The program "skein-no-such-program" was not found: install it, or give its full path.',
  );
  expect(() => start(join(cwd, "plain"))).toThrow("it is not marked executable");
  expect(() => start("ls", join(cwd, "nowhere"))).toThrow("nowhere does not exist or is not a directory");
  expect(() => start("ls", join(cwd, "plain"))).toThrow("plain does not exist or is not a directory");
  try {
    start("skein-no-such-program");
  } catch (error) {
    expect(error).toMatchObject({
      kind: "agent",
      retry: "never",
      detail: { command: "skein-no-such-program", args: ["a"], cwd },
    });
  }
});
