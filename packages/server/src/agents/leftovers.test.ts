import { expect, test } from "bun:test";
import { endLeftovers, ownedBy } from "./leftovers.ts";

const withProc = test.skipIf(process.platform !== "linux");

const start = (owner: string, script: string) =>
  Bun.spawn(["sh", "-c", script], { env: { ...process.env, ...ownedBy(owner) }, stdout: "pipe", detached: true });

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await stream.getReader().read();
  return new TextDecoder().decode(value).trim();
}

withProc("G7: what a killed server left running is ended, with its children; another server's is not", async () => {
  const owner = `/skein-test-${crypto.randomUUID()}`;
  const left = start(owner, "sleep 1000 & echo $!; exec sleep 1000");
  const others = start(`${owner}-other`, "echo ready; exec sleep 1000");
  const child = Number(await firstLine(left.stdout));
  expect(await firstLine(others.stdout)).toBe("ready");
  expect(await endLeftovers(owner)).toBe(2);
  await left.exited;
  expect(left.signalCode).toBe("SIGKILL");
  const isGone = async (): Promise<boolean> => {
    const status = await Bun.file(`/proc/${child}/status`)
      .text()
      .catch(() => "State:\tZ");
    return /^State:\s*Z/m.test(status);
  };
  while (!(await isGone())) await Bun.sleep(5);
  expect(others.exitCode).toBeNull();
  expect(await endLeftovers(owner)).toBe(0);
  others.kill("SIGKILL");
  await others.exited;
});

withProc("a server started from an agent's terminal ends neither itself nor what it was started by", async () => {
  const owner = `/skein-test-${crypto.randomUUID()}`;
  const code = `import { endLeftovers } from ${JSON.stringify(`${import.meta.dir}/leftovers.ts`)};
    console.log(await endLeftovers(${JSON.stringify(owner)}));`;
  const shell = Bun.spawn(["sh", "-c", '"$0" -e "$1"; echo alive', process.execPath, code], {
    env: { ...process.env, ...ownedBy(owner) },
    stdout: "pipe",
  });
  expect(await new Response(shell.stdout).text()).toBe("0\nalive\n");
});
