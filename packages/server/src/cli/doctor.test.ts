import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RawSocket } from "../../../../test/support/raw-socket.ts";
import { Place } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

const faults = async (): Promise<[number, string[]]> => {
  const { code, out } = await place.skein(["doctor", "--json"]);
  const findings = JSON.parse(out) as { check: string; status: string; remedy?: string }[];
  return [code, findings.filter(({ status }) => status === "fault").map(({ check, remedy }) => `${check}: ${remedy}`)];
};

test("finds nothing at fault on a new machine, nor beside a running server", async () => {
  expect(await faults()).toEqual([0, []]);
  expect(await Bun.file(join(place.data, "skein.sqlite")).exists()).toBe(false);
  await place.serve();
  expect(await faults()).toEqual([0, []]);
  const { out } = await place.skein(["doctor"]);
  expect(out).toMatch(/ok +sign-in +the server knows you as/);
});

test("says what is at fault and what to do", async () => {
  await mkdir(place.data, { recursive: true, mode: 0o700 });
  await writeFile(join(place.data, "token"), "secret\n");
  await chmod(join(place.data, "token"), 0o644);
  await writeFile(join(place.data, "skein.sqlite"), "no database at all, but long enough to look at".repeat(100));
  await writeFile(join(place.data, "settings.json"), '{"limits":{"window":0}}');
  await writeFile(join(place.data, "agents.json"), "{");
  const [code, said] = await faults();
  expect(code).toBe(1);
  expect(said.map((fault) => fault.split(":")[0]!)).toEqual(["token", "database", "settings", "agents"]);
  expect(said[0]).toContain(`chmod 600 '${join(place.data, "token")}'`);
  expect(said[1]).toContain(".recover");
});

test("says of each file and directory that it is none, and of each that may not be used", async () => {
  const directories = ["token", "skein.sqlite", "settings.json", "server.json", "agents.json"];
  for (const name of directories) await mkdir(join(place.data, name), { recursive: true, mode: 0o700 });
  await chmod(place.data, 0o700);
  await writeFile(join(place.data, "blobs"), "");
  const remedy = (name: string) => `Run: mv '${join(place.data, name)}' '${join(place.data, name)}.old'.`;
  expect(await faults()).toEqual([
    1,
    [
      `token: ${remedy("token")}`,
      `database: ${remedy("skein.sqlite")}`,
      `blobs: ${remedy("blobs")}`,
      `settings: ${remedy("settings.json")}`,
      `server: ${remedy("server.json")}`,
      `agents: ${remedy("agents.json")}`,
    ],
  ]);
  const { out } = await place.skein(["doctor"]);
  for (const name of directories) expect(out).toContain(`${join(place.data, name)} is no file`);
  expect(out).toContain(`${join(place.data, "blobs")} is no directory`);
  await rm(place.data, { recursive: true });
  await writeFile(place.data, "");
  expect((await faults())[1][0]).toBe(
    `data directory: Run: mv '${place.data}' '${place.data}.old'. Or choose another place with --data.`,
  );
  const below = await place.skein(["doctor", "--data", join(place.data, "below"), "--json"]);
  expect(below.code).toBe(1);
  expect(below.out).toContain(`Make ${place.data} a directory that you can write to`);
});

test("says of a database that is whole, but another's or a newer version's, what the server would", async () => {
  await mkdir(place.data, { recursive: true, mode: 0o700 });
  const file = join(place.data, "skein.sqlite");
  const database = new Database(file, { create: true });
  database.run("CREATE TABLE theirs (a)");
  expect((await place.skein(["doctor"])).out).toContain("is a database, but not Skein's.");
  database.run("PRAGMA application_id = 0x536b6569");
  database.run("PRAGMA user_version = 99");
  expect((await place.skein(["doctor"])).out).toContain("Install that version again.");
  database.close();
});

// To root everything is permitted.
test.skipIf(process.getuid?.() === 0)("says of what may not be read or written what to do", async () => {
  await place.skein(["run", "--agent", "demo", "hello"]);
  const [blobs, database] = [join(place.data, "blobs"), join(place.data, "skein.sqlite")];
  await mkdir(blobs, { recursive: true });
  await chmod(blobs, 0o500);
  await chmod(database, 0o400);
  expect(await faults()).toEqual([
    1,
    [
      `database: Run: chmod u+rw '${database}'; if it is another user's, make it yours with chown.`,
      `blobs: Run: chmod u+rwx '${blobs}'; if it is another user's, make it yours with chown.`,
    ],
  ]);
});

test("settings that are set are in force, and told; faulty ones let no server start", async () => {
  await mkdir(place.data, { recursive: true, mode: 0o700 });
  const file = join(place.data, "settings.json");
  await writeFile(file, '{"limits":{"window":50},"keep":{"eventsDays":30}}');
  const { url, token, child } = await place.serve();
  const socket = await RawSocket.open(url);
  const hello = await socket.request("hello", { protocol: 1, client: { name: "raw", version: "0" }, token });
  expect(hello.result?.["limits"]).toMatchObject({ window: 50, historyPage: 100 });
  socket.close();
  const { out } = await place.skein(["doctor"]);
  expect(out).toContain(`${file}: limits.window 50, keep.eventsDays 30`);
  child.process.kill("SIGTERM");
  await child.process.exited;
  await writeFile(file, '{"limits":{"window":"many"}}');
  const { code, err } = await place.skein(["serve", "--port", "0"]);
  expect(code).toBe(3);
  expect(err).toContain(`${file}: limits.window: `);
});
