import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { Place } from "./testing/skein.ts";

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => place.remove());

test("send --wait tells once why a turn failed or was interrupted, and nothing of the turns before it", async () => {
  await place.serve();
  await place.skein(["run", "--agent", "demo", "hello"]);
  const { out } = await place.skein(["threads", "--json"]);
  const [{ thread } = { thread: "" }] = JSON.parse(out) as { thread: string }[];
  for (const [prompt, end] of [
    ["/fail", "[turn] failed: Demo failure, as you asked"],
    ["/crash", "[turn] interrupted: The agent ended unexpectedly"],
  ] as const) {
    const { code, err } = await place.skein(["send", "--wait", thread, prompt]);
    expect(code).toBe(1);
    expect(err).toContain(end);
    expect(err.match(/\[(turn|error)\]/g)).toHaveLength(1);
  }
});
