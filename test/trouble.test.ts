import { afterEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { seededAgent } from "./support/seeded-agent.ts";
import { RawSocket } from "./support/raw-socket.ts";
import { ServerProcess } from "./support/server-process.ts";

/** What goes wrong around a server: said clearly to whoever it concerns, and nothing committed is lost. */
const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

async function started(data?: string): Promise<{ server: ServerProcess; client: SkeinClient }> {
  const server = data === undefined ? await ServerProcess.start() : await ServerProcess.on(data);
  const client = new SkeinClient({ url: server.url, token: server.token });
  cleanUp.push(async () => {
    await client.close();
    await server.dispose();
  });
  client.connect();
  await client.ready();
  return { server, client };
}

/** Looks again and again, for as long as the test may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5);
}

async function ended(client: SkeinClient, thread: string, turn: string): Promise<string> {
  const watch = client.watch(threadTopic(thread));
  await watch.ready();
  const status = (): string => watch.replica.get("turn", turn)?.status ?? "queued";
  await new Promise<void>((resolve) => {
    const look = (): void => void (["queued", "running"].includes(status()) || resolve());
    watch.onChange(look);
    look();
  });
  watch.release();
  return status();
}

describe("a disk that is full", () => {
  test("the command is refused with the reason; once there is room, all goes on and nothing is lost", async () => {
    const disk = await mkdtemp(join(tmpdir(), "skein-disk-"));
    cleanUp.push(() => rmSync(disk, { recursive: true, force: true }));
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk]);
    if (mounted.exitCode !== 0) {
      console.warn("SKIPPED: a small disk cannot be mounted here.");
      return;
    }
    cleanUp.push(() => void Bun.spawnSync(["umount", "-l", disk]));
    const { client, server } = await started(join(disk, "data"));
    const agent = seededAgent();
    const { thread } = await client.command("thread.create", { exec: agent, cwd: tmpdir() });
    const first = await client.command("thread.prompt", { thread, text: "seed 1" });
    expect(await ended(client, thread, first.turn)).toBe("done");
    // Filled to the last byte, in ever smaller pieces.
    const filler = join(disk, "filler");
    for (let size = 4 * 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
      for (;;) {
        const more = Bun.spawnSync(["sh", "-c", `head -c ${size} /dev/zero >> ${filler}`]);
        if (more.exitCode !== 0) break;
      }
    }
    const headers = { authorization: `Bearer ${server.token}` };
    const upload = await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "x".repeat(100_000), headers });
    expect(upload.status).toBe(503);
    expect(await upload.json()).toMatchObject({
      error: { message: expect.stringContaining("No room left for files in"), data: { kind: "busy", retry: "later" } },
    });
    // Who asks is told why, and that it is tried again later; until there is room, nothing of it is written.
    const refusals: { message: string; retry: string }[] = [];
    client.outbox.onChange((entries) => refusals.push(...entries.flatMap(({ error }) => (error ? [error] : []))));
    const titles = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(190)}`);
    const renamed = titles.map(async (title) => client.command("thread.rename", { thread, title }));
    await until(() => refusals.length > 0);
    expect(refusals[0]).toMatchObject({ kind: "internal", retry: "later" });
    expect(refusals[0]!.message).toContain("No room left for the database");
    rmSync(filler);
    await Promise.all(renamed);
    expect((await client.query("threads.list")).threads).toMatchObject([{ title: titles.at(-1) }]);
    const next = await client.command("thread.prompt", { thread, text: "seed 2" });
    expect(await ended(client, thread, next.turn)).toBe("done");
  }, 60_000);
});

describe("a database that cannot be used", () => {
  async function startOn(data: string): Promise<string> {
    return ServerProcess.on(data).then(
      async (server) => {
        await server.dispose();
        return "started";
      },
      (error: unknown) => String(error),
    );
  }

  test("damaged: the server does not start, says which file and what to do, and leaves it as it is", async () => {
    const { server, client } = await started();
    await client.command("thread.create", { exec: seededAgent(), cwd: tmpdir() });
    await client.close();
    await server.end("SIGKILL");
    const file = join(server.data, "skein.sqlite");
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 100, 3000);
    writeFileSync(file, bytes);
    rmSync(`${file}-wal`, { force: true });
    const said = await startOn(server.data);
    expect(said).toContain(file);
    expect(said).toMatch(/damaged/i);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(join(server.data, "server.json")) && statSync(file).size === 0).toBe(false);
  });

  test("of a newer version: the server says that it is, and leaves it as it is", async () => {
    const { server, client } = await started();
    await client.close();
    await server.end("SIGTERM");
    const database = new Database(join(server.data, "skein.sqlite"));
    database.run("PRAGMA user_version = 9999");
    database.close();
    expect(await startOn(server.data)).toMatch(/newer/i);
  });

  test("in use by another server: said with where that is", async () => {
    const { server } = await started();
    expect(await startOn(server.data)).toContain(server.url);
  });

  test("held by sqlite3: whoever only reads, or says nothing but ping, is not kept waiting", async () => {
    const { server, client } = await started();
    const { thread } = await client.command("thread.create", { exec: seededAgent(), cwd: tmpdir() });
    const raw = await RawSocket.greeted(server);
    const other = new Database(join(server.data, "skein.sqlite"));
    cleanUp.push(() => other.close());
    other.run("BEGIN IMMEDIATE");
    const params = { key: "a-key-of-rename", thread, title: "later" };
    raw.send({ jsonrpc: "2.0", id: "rename", method: "thread.rename", params });
    for (let round = 0; round < 5; round++) expect((await raw.request("ping", {})).result).toEqual({});
    const reader = await RawSocket.greeted(server);
    await reader.request("subscribe", { topic: threadTopic(thread) });
    await reader.until((message) => message.method === "commit");
    expect(raw.messages.some((message) => message.id === "rename")).toBe(false);
    const answer = await raw.until((message) => message.id === "rename");
    expect(answer.error?.data).toMatchObject({ kind: "busy", retry: "later" });
    other.run("ROLLBACK");
    expect((await raw.request("thread.rename", params)).error).toBeUndefined();
    raw.close();
    reader.close();
  }, 30_000);

  test("held by sqlite3: the command is refused as busy, and works when it is let go", async () => {
    const { server, client } = await started();
    const { thread } = await client.command("thread.create", { exec: seededAgent(), cwd: tmpdir() });
    const other = new Database(join(server.data, "skein.sqlite"));
    other.run("BEGIN IMMEDIATE");
    const renamed = client.command("thread.rename", { thread, title: "later" });
    const watch = client.watch(threadTopic(thread));
    await watch.ready();
    expect(watch.replica.get("thread", thread)?.["title"]).not.toBe("later");
    other.run("ROLLBACK");
    other.close();
    await renamed;
    expect((await client.query("threads.list")).threads).toMatchObject([{ title: "later" }]);
  }, 30_000);
});
