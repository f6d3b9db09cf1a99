import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endLeftovers, noteGroup, ownedBy } from "./leftovers.ts";

const withProc = test.skipIf(process.platform !== "linux");

let data: string;
beforeEach(() => void (data = mkdtempSync(join(tmpdir(), "skein-leftovers-"))));
afterEach(() => rmSync(data, { recursive: true }));

/** Starts a group as a server on `owner` does, which prints something once it is as it should be. */
async function start(owner: string, script: string) {
  const env = ownedBy(owner);
  const child = Bun.spawn(["sh", "-c", script], { env: { ...process.env, ...env }, stdout: "pipe", detached: true });
  noteGroup(env, child.pid);
  const { value } = await child.stdout.getReader().read();
  return { child, said: Number(new TextDecoder().decode(value).trim()) };
}

const isAlive = async (pid: number): Promise<boolean> => {
  const status = await Bun.file(`/proc/${pid}/status`)
    .text()
    .catch(() => "State:\tZ");
  return !/^State:\s*Z/m.test(status);
};

async function gone(pid: number): Promise<void> {
  while (await isAlive(pid)) await Bun.sleep(5);
}

withProc("G7: what a killed server left running is ended, with its children; another server's is not", async () => {
  const other = mkdtempSync(join(tmpdir(), "skein-leftovers-"));
  const left = await start(data, "sleep 1000 & echo $!; exec sleep 1000");
  const others = await start(other, "echo $$; exec sleep 1000");
  expect(await endLeftovers(data, true)).toBe(2);
  await left.child.exited;
  expect(left.child.signalCode).toBe("SIGKILL");
  await gone(left.said);
  expect(await isAlive(others.said)).toBe(true);
  expect(await endLeftovers(data, true)).toBe(0);
  others.child.kill("SIGKILL");
  await others.child.exited;
  rmSync(other, { recursive: true });
});

withProc("G7: a group whose leader is gone is ended, too", async () => {
  const { child, said } = await start(data, "sleep 1000 & echo $!");
  await child.exited;
  expect(await endLeftovers(data, true)).toBe(1);
  await gone(said);
});

withProc("what left its group, as a terminal multiplexer's server does, is spared", async () => {
  const { child, said } = await start(data, "setsid sh -c 'echo $$; exec sleep 1000' & wait");
  const ended = await endLeftovers(data, true);
  const isSpared = await isAlive(said);
  if (isSpared) process.kill(said, "SIGKILL");
  await child.exited;
  expect({ ended, isSpared }).toEqual({ ended: 1, isSpared: true });
});

withProc("after an end as it should be nothing is ended, and what was noted is forgotten", async () => {
  const { child, said } = await start(data, "echo $$; exec sleep 1000");
  expect(readdirSync(join(data, "processes"))).toEqual([String(child.pid)]);
  expect(await endLeftovers(data, false)).toBe(0);
  expect(existsSync(join(data, "processes"))).toBe(false);
  expect(await endLeftovers(data, true)).toBe(0);
  expect(await isAlive(said)).toBe(true);
  child.kill("SIGKILL");
  await child.exited;
});

withProc("a group that has a noted one's number by now is spared", async () => {
  const { child, said } = await start(data, "echo $$; exec sleep 1000");
  writeFileSync(join(data, "processes", String(child.pid)), "1");
  expect(await endLeftovers(data, true)).toBe(0);
  expect(await isAlive(said)).toBe(true);
  child.kill("SIGKILL");
  await child.exited;
});

withProc("a server started from an agent's terminal ends neither itself nor what it was started by", async () => {
  const code = `import { endLeftovers } from ${JSON.stringify(`${import.meta.dir}/leftovers.ts`)};
    console.log(await endLeftovers(${JSON.stringify(data)}, true));`;
  const env = ownedBy(data);
  const shell = Bun.spawn(["sh", "-c", 'read _; "$0" -e "$1"; echo alive', process.execPath, code], {
    env: { ...process.env, ...env },
    stdin: "pipe",
    stdout: "pipe",
    detached: true,
  });
  noteGroup(env, shell.pid);
  await shell.stdin.write("go\n");
  await shell.stdin.end();
  expect(await new Response(shell.stdout).text()).toBe("0\nalive\n");
});
