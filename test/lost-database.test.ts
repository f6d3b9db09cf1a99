import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { ServerProcess } from "./support/server-process.ts";

let home: string;
let data: string;
let file: string;
let server: ServerProcess;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "skein-lost-"));
  data = join(home, "data");
  file = join(data, "skein.sqlite");
  server = await ServerProcess.on(data);
});
afterEach(async () => {
  await server.dispose();
  rmSync(home, { recursive: true });
});

async function command<Result>(use: (client: SkeinClient) => Promise<Result>): Promise<Result> {
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const makeThread = () =>
  command(
    async (client) => (await client.command("thread.create", { agent: "demo", cwd: home, title: "kept" })).thread,
  );
const titles = () =>
  command(async (client) => (await client.query("threads.list", {})).threads.map(({ title }) => title));

describe("a database that is taken away while it is used", () => {
  test.each(["deleted", "replaced"])(
    "%s: the server saves what it has, says so and stops",
    async (how) => {
      await makeThread();
      rmSync(file);
      if (how === "replaced") writeFileSync(file, "");
      expect(await server.ended()).not.toBe(0);
      expect(server.stderr).toContain(`The database ${file} was deleted or replaced while Skein used it.`);
      const saved = readdirSync(data).find((name) => name.includes("-saved-"));
      expect(server.stderr).toContain(`What it held is saved as ${join(data, saved ?? "nothing")}.`);
      rmSync(file, { force: true });
      // Not a start with nothing in it, which nobody would notice.
      expect(server.start()).rejects.toThrow(`The database ${file} is gone, though a server has used it here.`);
      await server.ended();
      expect(existsSync(file)).toBe(false);
      for (const beside of ["-wal", "-shm"]) rmSync(file + beside, { force: true });
      renameSync(join(data, saved ?? "nothing"), file);
      await server.start();
      expect(await titles()).toEqual(["kept"]);
    },
    60_000,
  );
});

describe("a lock file that is deleted", () => {
  test("is made anew, and keeps a second server away again", async () => {
    rmSync(`${file}-lock`);
    while (!existsSync(`${file}-lock`)) await Bun.sleep(20);
    rmSync(join(data, "server.json"));
    expect(ServerProcess.on(data)).rejects.toThrow("Another Skein server uses the database");
    await makeThread();
    expect(await titles()).toEqual(["kept"]);
    expect(await server.end("SIGTERM")).toBe(0);
  }, 60_000);
});
