import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Place, type Ended } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
let gone: string;
beforeEach(async () => {
  place = await Place.make();
  gone = join(place.root, "gone");
  await mkdir(gone);
});
afterEach(async () => place.remove());

/** Runs `skein` in a directory that is removed before it starts. */
async function runInRemoved(...args: string[]): Promise<Ended> {
  return place.shell('cd "$0" && rmdir "$0" && exec "$@"', gone, args).ended();
}

test("in a directory that was removed it says which, and what to do; with whole paths it works", async () => {
  const { code, out, err } = await runInRemoved("run", "--agent", "demo", "hello");
  expect({ code, out, err }).toEqual({
    code: 2,
    out: "",
    err: `skein: The directory that skein was started in (${gone}) is there no more. Go to one that is, or give an absolute path with --cwd.\n`,
  });
  expect(await Bun.file(join(place.data, "skein.sqlite")).exists()).toBe(false);
  await mkdir(gone);
  const named = await runInRemoved("threads", "--data", "here");
  expect(named).toMatchObject({ code: 2, err: expect.stringContaining("or give an absolute path with --data.") });
  await mkdir(gone);
  expect((await runInRemoved("run", "--agent", "demo", "--cwd", place.cwd, "hello")).code).toBe(0);
});
