import { expect, test } from "bun:test";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient, type Watch } from "@skein/client";
import { RawSocket } from "./support/raw-socket.ts";
import { ServerProcess } from "./support/server-process.ts";

/** A server whose PATH is one folder, and two clients of it. */
async function withServer(
  run: (place: {
    server: ServerProcess;
    install: (program: string) => Promise<void>;
    clients: [SkeinClient, SkeinClient];
  }) => Promise<void>,
): Promise<void> {
  const bin = await mkdtemp(join(tmpdir(), "skein-agents-"));
  const server = await ServerProcess.start({ PATH: bin });
  const make = (): SkeinClient => new SkeinClient({ url: server.url, token: server.token });
  const clients: [SkeinClient, SkeinClient] = [make(), make()];
  try {
    for (const client of clients) client.connect();
    const install = async (program: string): Promise<void> => {
      await writeFile(join(bin, program), "#!/bin/sh\n");
      await chmod(join(bin, program), 0o755);
    };
    await run({ server, install, clients });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    expect(server.stderr).toBe("");
    await server.dispose();
    await rm(bin, { recursive: true });
  }
}

const isFound = (watch: Watch): boolean => watch.replica.get("agent", "gemini")?.["found"] === true;

function untilFound(watch: Watch): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (isFound(watch) && resolve());
    watch.onChange(look);
    look();
  });
}

test("P52: an agent that is installed while the server runs is found when agents.list is asked for, and all who look see it", async () => {
  await withServer(async ({ install, clients: [asker, other] }) => {
    const watch = other.watch("server");
    await watch.ready();
    const listed = async () => (await asker.query("agents.list")).agents.find(({ name }) => name === "gemini");
    expect([await listed(), isFound(watch)]).toMatchObject([{ found: false }, false]);
    await install("gemini");
    const seen = untilFound(watch);
    while (!(await listed())?.found) await Bun.sleep(100);
    await seen;
  });
});

test("P52: and when somebody begins to look at the agents there are", async () => {
  await withServer(async ({ server, install, clients: [watcher] }) => {
    const watch = watcher.watch("server");
    await watch.ready();
    expect(isFound(watch)).toBe(false);
    await install("gemini");
    const raw = await RawSocket.greeted(server);
    while (!isFound(watch)) {
      await raw.request("subscribe", { topic: "server" });
      await Bun.sleep(100);
    }
    raw.close();
  });
});

test("P64: a thread whose agent or program is not installed is refused with what to do, and nothing is made", async () => {
  await withServer(async ({ server, install, clients: [asker] }) => {
    const refusal = (params: { agent: string } | { exec: { command: string; args: string[] } }): Promise<unknown> =>
      asker.command("thread.create", { cwd: server.data, ...params }).catch((error: unknown) => error);
    expect(await refusal({ agent: "gemini" })).toMatchObject({
      kind: "agent",
      retry: "never",
      message: expect.stringContaining("npm install -g @google/gemini-cli"),
    });
    expect(await refusal({ exec: { command: "skein-no-such-program", args: [] } })).toMatchObject({
      kind: "agent",
      message: 'The program "skein-no-such-program" was not found: install it, or give its full path.',
    });
    expect(await refusal({ exec: { command: "./agent", args: [] } })).toMatchObject({ kind: "agent" });
    expect((await asker.query("threads.list")).threads).toEqual([]);
    await install("gemini");
    const { thread } = await asker.command("thread.create", { cwd: server.data, agent: "gemini" });
    // A path is one from the thread's directory, as the program will be started there.
    await writeFile(join(server.data, "agent"), "#!/bin/sh\n");
    await chmod(join(server.data, "agent"), 0o755);
    await asker.command("thread.create", { cwd: server.data, exec: { command: "./agent", args: [] } });
    expect((await asker.query("threads.list")).threads.map((card) => card.thread)).toContain(thread);
  });
});
