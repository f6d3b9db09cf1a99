import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@skein/client/protocol";
import { DEFAULT_SETTINGS, differences, readSettings } from "./settings.ts";

let path: string;
beforeEach(async () => void (path = join(await mkdtemp(join(tmpdir(), "skein-settings-")), "settings.json")));
afterEach(async () => rm(join(path, ".."), { recursive: true }));

test("P90: without a file every bound has its default", async () => {
  const settings = await readSettings(path);
  expect(settings).toEqual(DEFAULT_SETTINGS);
  expect(settings.limits).toEqual(DEFAULT_LIMITS);
  expect(differences(settings)).toEqual([]);
});

test("P90: what is set counts, all else has its default; what differs can be told", async () => {
  await writeFile(path, JSON.stringify({ limits: { window: 50 }, keep: { eventsDays: 30 }, agents: {} }));
  const settings = await readSettings(path);
  expect(settings).toEqual({
    ...DEFAULT_SETTINGS,
    limits: { ...DEFAULT_SETTINGS.limits, window: 50 },
    keep: { ...DEFAULT_SETTINGS.keep, eventsDays: 30 },
  });
  expect(differences(settings)).toEqual(["limits.window 50", "keep.eventsDays 30"]);
});

describe("what makes no sense is refused, with the file and the place", () => {
  test.each([
    ["{", "settings.json is not JSON", undefined],
    ["[]", "settings.json: ", ""],
    ['{"limit":{}}', 'settings.json: Unrecognized key: "limit"', ""],
    ['{"limits":{"windows":5}}', "settings.json: limits: ", "limits"],
    ['{"limits":{"window":0}}', "settings.json: limits.window: ", "limits.window"],
    ['{"limits":{"window":"5"}}', "settings.json: limits.window: ", "limits.window"],
    ['{"limits":{"frameBytes":1000}}', "limits.frameBytes: a prompt of promptBytes must fit", "limits.frameBytes"],
    ['{"limits":{"silentMs":15000}}', "limits.silentMs: a ping comes only after pingAfterMs", "limits.silentMs"],
    ['{"keep":{"blobsDays":1,"commitsDays":2}}', "keep.blobsDays: a commit may name a blob", "keep.blobsDays"],
  ])("%s", async (text, message, place) => {
    await writeFile(path, text);
    const refused = await readSettings(path).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "invalid", detail: { file: path } });
    expect((refused as Error).message).toContain(message);
    expect((refused as { path?: string }).path).toBe(place);
  });
});
