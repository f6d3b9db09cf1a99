import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { TestClock } from "../testing/test-clock.ts";
import { Blobs } from "./blobs.ts";
import { startKeeping } from "./keeping.ts";
import { SqliteStore } from "./sqlite.ts";
import { drop, put, T, write } from "./testing/edits.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test("what is past its time goes: raw lines, tokens, commits one by one, and a week after its last put a blob nothing names", async () => {
  const directory = mkdtempSync(join(tmpdir(), "skein-keeping-"));
  const clock = new TestClock(Date.now());
  const store = await SqliteStore.open({ file: join(directory, "skein.sqlite"), now: () => clock.now() });
  const place = join(directory, "blobs");
  const reports: unknown[] = [];
  const blobs = new Blobs(place);
  const keeping = startKeeping({
    store,
    blobs,
    clock,
    keep: DEFAULT_SETTINGS.keep,
    report: (error) => reports.push(error),
  });
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
  };
  const isGone = async (name: string) => (await blobs.get(name)) === null;
  try {
    const [named, unnamed] = await Promise.all([blobs.put(Buffer.from("named")), blobs.put(Buffer.from("unnamed"))]);
    for (const name of [named, unnamed]) {
      const put = new Date(clock.now());
      utimesSync(join(place, name.slice(0, 2), name), put, put);
    }
    const events = [{ thread: "one", ts: clock.now(), direction: "in" as const, line: "{}" }];
    await store.commit([{ ...write(T, put("turn", "u1", { prompt: { blocks: [{ blob: named }] } })), events }]);
    const token = { hash: "h", user: "local", name: "Browser", createdAt: clock.now(), usedAt: null };
    await store.addToken({ ...token, expiresAt: clock.now() + 3 * DAY_MS });
    await clock.advance(2 * DAY_MS);
    await until(async () => (await store.logSince(T, 0, 1e9)).folded);
    expect([await isGone(unnamed), (await store.events("one", 0, 9)).length]).toEqual([false, 1]);
    expect(await store.token("h")).not.toBeNull();
    await clock.advance(6 * DAY_MS);
    await until(() => isGone(unnamed));
    await until(async () => (await store.events("one", 0, 9)).length === 0);
    await until(async () => (await store.token("h")) === null);
    expect(await isGone(named)).toBe(false);
    await store.commit([write(T, drop("turn", "u1"))]);
    await clock.advance(DAY_MS);
    await until(() => isGone(named));
    keeping.stop();
    expect(clock.pending).toBe(0);
    expect(reports).toEqual([]);
  } finally {
    keeping.stop();
    await store.close();
    rmSync(directory, { recursive: true });
  }
});
