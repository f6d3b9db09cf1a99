import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "@skein/client";
import { threadTopic, type Topic } from "@skein/client/protocol";
import { ServerProcess } from "./support/server-process.ts";

/** What of a data directory a backup has, and how it was taken. */
type Backup = "directory" | "file" | ".backup";
/** How a backup is put in the place of what is there. `over` keeps the file and its inode, `anew` deletes it first. */
type Restore = "directory" | "over" | "anew";

let home: string;
let data: string;
let server: ServerProcess;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "skein-restore-"));
  data = join(home, "data");
  server = await ServerProcess.on(data);
});
afterEach(async () => {
  await server.dispose();
  rmSync(home, { recursive: true });
});

/** A person's device: it keeps its replicas while it is away, and comes back with them. */
class Device {
  readonly #kept = new Map<Topic, string>();
  readonly #topics: readonly Topic[];
  snapshots = 0;

  constructor(topics: readonly Topic[]) {
    this.#topics = topics;
  }

  /** Looks at every topic until it is live and tells what it then holds, less the epoch. */
  async look(): Promise<string[]> {
    const kept = this.#kept;
    const client = new SkeinClient({
      url: server.url,
      token: server.token,
      replicas: {
        belongTo: async () => {},
        load: async (topic) => kept.get(topic) ?? null,
        save: async (topic, text) => void kept.set(topic, text),
        remove: async (topic) => void kept.delete(topic),
        clear: async () => kept.clear(),
      },
    });
    client.connect();
    const watches = this.#topics.map((topic) => client.watch(topic));
    await client.ready();
    this.snapshots = 0;
    // What the device begins with was applied before the server could say anything.
    for (const watch of watches) {
      watch.onChange((commit) => {
        if (commit.after === null) this.snapshots++;
      });
    }
    await Promise.all(
      watches.map(
        (watch) =>
          new Promise<void>((resolve) => {
            if (watch.status === "live") resolve();
            watch.onStatus(() => {
              if (watch.status === "live") resolve();
            });
          }),
      ),
    );
    const seen = watches.map(({ replica }) => JSON.stringify([replica.seq, replica.dump().entities]));
    await client.close();
    return seen;
  }
}

async function withClient<Result>(use: (client: SkeinClient) => Promise<Result>): Promise<Result> {
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const makeThread = () =>
  withClient(async (client) => (await client.command("thread.create", { agent: "demo", cwd: home })).thread);

/** Commits so many times to the thread and to its board. */
const work = (thread: string, what: string, times: number) =>
  withClient(async (client) => {
    for (let n = 1; n <= times; n++) await client.command("thread.rename", { thread, title: `${what} ${n}` });
  });

const file = (directory: string) => join(directory, "skein.sqlite");

function backUp(how: Backup, to: string): void {
  if (how === "directory") {
    // As `cp -a` does.
    cpSync(data, to, { recursive: true, preserveTimestamps: true });
    return;
  }
  cpSync(data, to, { recursive: true, filter: (path) => !path.includes("skein.sqlite") });
  using reader = new Database(file(data), { readwrite: true });
  if (how === ".backup") reader.run("VACUUM INTO ?", [file(to)]);
  else {
    reader.run("PRAGMA wal_checkpoint(FULL)");
    cpSync(file(data), file(to), { preserveTimestamps: true });
  }
}

function restore(how: Restore, from: string): void {
  if (how === "directory") {
    rmSync(data, { recursive: true });
    cpSync(from, data, { recursive: true, preserveTimestamps: true });
    return;
  }
  // What docs/DATABASE.md says of a backup of the file.
  for (const beside of ["-wal", "-shm"]) rmSync(file(data) + beside, { force: true });
  if (how === "anew") rmSync(file(data));
  for (const part of ["", "-wal"]) {
    if (existsSync(file(from) + part)) writeFileSync(file(data) + part, readFileSync(file(from) + part));
  }
}

describe("P24, P30, L4: a restored backup leaves no client with what is not there", () => {
  const rows: [taken: "hot" | "cold", backup: Backup, end: "SIGTERM" | "SIGKILL", restored: Restore][] = [
    ["hot", "directory", "SIGTERM", "directory"],
    ["hot", "directory", "SIGKILL", "directory"],
    ["cold", "directory", "SIGTERM", "directory"],
    ["cold", "directory", "SIGKILL", "directory"],
    ["hot", "directory", "SIGKILL", "over"],
    ["cold", "file", "SIGKILL", "over"],
    ["hot", "file", "SIGTERM", "anew"],
    ["hot", "file", "SIGKILL", "over"],
    ["hot", "file", "SIGKILL", "anew"],
    ["hot", ".backup", "SIGTERM", "over"],
    ["hot", ".backup", "SIGKILL", "over"],
    ["hot", ".backup", "SIGKILL", "anew"],
  ];
  test.each(rows)(
    "%s copy of the %s, %s, restored as %s",
    async (taken, backup, end, restored) => {
      const thread = await makeThread();
      const topics: Topic[] = ["board:personal", "server", threadTopic(thread)];
      await work(thread, "before", 3);
      const [early, late] = [new Device(topics), new Device(topics)];
      await early.look();
      const copy = join(home, "copy");
      if (taken === "cold") await server.end("SIGTERM");
      backUp(backup, copy);
      if (taken === "cold") await server.start();
      await work(thread, "lost", 5);
      await late.look();
      await server.end(end);

      // Twice: what was done after the first time is lost with the second.
      for (const again of ["once", "twice"]) {
        restore(restored, copy);
        await server.start();
        // On the way to where the device was, and then beyond it.
        for (const times of [2, 9]) {
          await work(thread, again, times);
          const newcomer = new Device(topics);
          const truth = await newcomer.look();
          expect(await late.look()).toEqual(truth);
        }
        // It was nowhere but where the backup is: it goes on from there.
        expect(await early.look()).toEqual(await new Device(topics).look());
        if (again === "once") expect(early.snapshots).toBe(0);
        expect(server.stderr).toContain("restored");
        await server.end(end);
      }
    },
    120_000,
  );
});

describe("G2: a restart costs no client a snapshot", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "after %s, and with a start missed",
    async (end) => {
      const thread = await makeThread();
      const topics: Topic[] = ["board:personal", "server", threadTopic(thread)];
      await work(thread, "before", 3);
      const device = new Device(topics);
      await device.look();
      for (const starts of [1, 2, 3]) {
        await work(thread, "unseen", 2);
        for (let start = 0; start < starts; start++) {
          await server.end(end);
          await server.start();
        }
        await work(thread, "after", starts);
        expect(await device.look()).toEqual(await new Device(topics).look());
        expect(device.snapshots).toBe(0);
      }
      expect(server.stderr).not.toContain("restored");
    },
    120_000,
  );
});
