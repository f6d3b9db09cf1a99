import { afterEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { scriptedAgent, type Step } from "./support/scripted-agent.ts";
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

/** A disk of 12 MiB; `null`, said aloud, where none can be mounted. */
async function smallDisk(): Promise<string | null> {
  const disk = await mkdtemp(join(tmpdir(), "skein-disk-"));
  cleanUp.push(() => rmSync(disk, { recursive: true, force: true }));
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk]);
  if (mounted.exitCode !== 0) {
    console.warn("SKIPPED: a small disk cannot be mounted here.");
    return null;
  }
  cleanUp.push(() => void Bun.spawnSync(["umount", "-l", disk]));
  return disk;
}

/** Fills a disk to the last byte, in ever smaller pieces. @returns The file to remove for room. */
function fill(disk: string): string {
  const filler = join(disk, "filler");
  for (let size = 4 * 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      const more = Bun.spawnSync(["sh", "-c", `head -c ${size} /dev/zero >> ${filler}`]);
      if (more.exitCode !== 0) break;
    }
  }
  return filler;
}

/** An agent at work, which says `part` over and over once there is a file `go`, and ends once there is one `end`. */
async function agentAtWork(client: SkeinClient, part: string, times: number) {
  const cwd = await mkdtemp(join(tmpdir(), "skein-work-"));
  cleanUp.push(() => rmSync(cwd, { recursive: true, force: true }));
  const steps: Step[] = [
    { text: "begun." },
    { until: "go" },
    { text: part, times },
    { until: "end" },
    { text: "over." },
  ];
  const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd });
  const watch = client.watch(threadTopic(thread));
  const { turn } = await client.command("thread.prompt", { thread, text: JSON.stringify(steps) });
  const said = (): string =>
    [...watch.replica.all("message").values()]
      .flatMap(({ role, text }) => (role === "assistant" ? [text] : []))
      .join("");
  await until(() => said() === "begun.");
  return { thread, turn, said, on: (name: "go" | "end") => writeFileSync(join(cwd, name), "") };
}

describe("a log that takes nothing for a while kills no agent", () => {
  const health = async (server: ServerProcess): Promise<string | null> =>
    ((await (await fetch(`${server.url}/healthz`)).json()) as { problem: string | null }).problem;

  test("P17: a full disk is told to everybody, and the agent goes on by itself once there is room", async () => {
    const disk = await smallDisk();
    if (disk === null) return;
    const { server, client } = await started(join(disk, "data"));
    const problems: (string | null)[] = [];
    client.onProblem((problem) => problems.push(problem));
    const part = "0123456789".repeat(800);
    const { thread, turn, said, on } = await agentAtWork(client, part, 200);
    const filler = fill(disk);
    on("go");
    await until(() => client.problem !== null);
    expect(client.problem).toContain("The disk is full: nothing is accepted, nothing is lost.");
    expect(await health(server)).toBe(client.problem);
    const late = new SkeinClient({ url: server.url, token: server.token });
    cleanUp.push(() => late.close());
    late.connect();
    expect(await late.ready()).toMatchObject({ problem: client.problem });
    const renamed = client.command("thread.rename", { thread, title: "Renamed" });
    await until(() => client.outbox.entries.some(({ error }) => error !== null));
    expect(client.outbox.entries[0]?.error).toMatchObject({ kind: "busy", retry: "later" });
    rmSync(filler);
    await renamed;
    await until(() => client.problem === null);
    on("end");
    expect(await client.turn(thread, turn)).toMatchObject({ status: "done" });
    await until(() => said().endsWith("over."));
    expect(said()).toBe(`begun.${part.repeat(200)}over.`);
    expect(await health(server)).toBeNull();
    expect(problems).toEqual([expect.stringContaining("The disk is full"), null]);
  }, 60_000);

  test("P17: a foreign lock that lasts longer than the store waits", async () => {
    const { server, client } = await started();
    const { thread, turn, said, on } = await agentAtWork(client, "part.", 500);
    const foreign = new Database(join(server.data, "skein.sqlite"));
    foreign.run("BEGIN IMMEDIATE");
    on("go");
    await until(() => client.problem !== null);
    expect(client.problem).toContain("Another program keeps the database");
    foreign.run("COMMIT");
    foreign.close();
    await until(() => client.problem === null);
    on("end");
    expect(await client.turn(thread, turn)).toMatchObject({ status: "done" });
    await until(() => said().endsWith("over."));
    expect(said()).toBe(`begun.${"part.".repeat(500)}over.`);
  }, 60_000);

  test("a server that is stopped meanwhile does not wait for room, and says what it could not write", async () => {
    const { server, client } = await started();
    const { on } = await agentAtWork(client, "part.", 500);
    const foreign = new Database(join(server.data, "skein.sqlite"));
    foreign.run("BEGIN IMMEDIATE");
    on("go");
    await until(() => client.problem !== null);
    await server.end("SIGTERM");
    foreign.close();
    expect(server.stderr).toContain("Another program keeps the database");
  }, 60_000);
});

describe("a disk that is full", () => {
  test("the command is refused with the reason; once there is room, all goes on and nothing is lost", async () => {
    const disk = await smallDisk();
    if (disk === null) return;
    const { client, server } = await started(join(disk, "data"));
    const agent = seededAgent();
    const { thread } = await client.command("thread.create", { exec: agent, cwd: tmpdir() });
    const first = await client.command("thread.prompt", { thread, text: "seed 1" });
    expect(await ended(client, thread, first.turn)).toBe("done");
    const filler = fill(disk);
    const headers = { authorization: `Bearer ${server.token}` };
    const upload = await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "x".repeat(100_000), headers });
    expect(upload.status).toBe(503);
    expect(await upload.json()).toMatchObject({
      error: { message: expect.stringContaining("No room left for files in"), data: { kind: "busy", retry: "later" } },
    });
    // Who asks is told why, and that it is tried again later; until there is room, nothing of it is written.
    const refusals: { message: string; retry: string }[] = [];
    client.outbox.onChange((entries) => refusals.push(...entries.flatMap(({ error }) => (error ? [error] : []))));
    const titles: string[] = [];
    const renamed: Promise<unknown>[] = [];
    // The files there are have some room left: as many as it takes. One that something rests on waits for room.
    while (refusals.length === 0) {
      titles.push(`${titles.length} ${"x".repeat(190)}`);
      renamed.push(client.command("thread.rename", { thread, title: titles.at(-1)! }));
      await Promise.race([renamed.at(-1), Bun.sleep(500)]);
    }
    expect(refusals[0]).toMatchObject({ kind: "busy", retry: "later" });
    expect(refusals[0]!.message).toContain("The disk is full");
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
