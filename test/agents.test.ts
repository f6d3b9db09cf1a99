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
    const listed = async () => (await asker.query("agents.list", {})).agents.find(({ name }) => name === "gemini");
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
