import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdir, writeFile } from "node:fs/promises";
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
