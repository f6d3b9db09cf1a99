import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@skein/client/protocol";
import { DEFAULT_SETTINGS, differences, limitsOf, readSettings } from "./settings.ts";

let path: string;
beforeEach(async () => void (path = join(await mkdtemp(join(tmpdir(), "skein-settings-")), "settings.json")));
afterEach(async () => rm(join(path, ".."), { recursive: true }));

test("P90: without a file every bound has its default", async () => {
  const settings = await readSettings(path);
  expect(settings).toEqual(DEFAULT_SETTINGS);
  expect(limitsOf(settings)).toEqual(DEFAULT_LIMITS);
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
    [
      '{"limits":{"frameBytes":263167}}',
      "limits.frameBytes: a prompt of promptBytes must fit into a frame, with 1024 bytes for what is around it",
      "limits.frameBytes",
    ],
    ['{"limits":{"helloMs":999}}', "limits.helloMs: expected a whole number from 1000 to 2147483647", "limits.helloMs"],
    ['{"limits":{"pongWithinMs":1}}', "limits.pongWithinMs: expected a whole number from 1000", "limits.pongWithinMs"],
    ['{"limits":{"silentMs":15000}}', "limits.silentMs: must be at least twice pingAfterMs", "limits.silentMs"],
    [
      '{"agents":{"idleMs":2147483648}}',
      "agents.idleMs: expected a whole number from 1 to 2147483647",
      "agents.idleMs",
    ],
    [
      '{"agents":{"lineBytes":100}}',
      "agents.lineBytes: expected a whole number from 65536 to 134217728",
      "agents.lineBytes",
    ],
    [
      '{"limits":{"frameBytes":1e9}}',
      "limits.frameBytes: expected a whole number from 1 to 268435456",
      "limits.frameBytes",
    ],
    ['{"limits":{"subscriptions":2.5}}', "limits.subscriptions: expected a whole number from", "limits.subscriptions"],
    ['{"threads":{"toolOutputUnits":10}}', "threads.toolOutputUnits: expected a whole", "threads.toolOutputUnits"],
    ['{"pairing":{"codeMs":1}}', "pairing.codeMs: expected a whole number from 10000 to 86400000", "pairing.codeMs"],
    [
      '{"pairing":{"wrongCodes":1000}}',
      "pairing.wrongCodes: expected a whole number from 1 to 100",
      "pairing.wrongCodes",
    ],
    ['{"keep":{"eventsDays":0}}', "keep.eventsDays: expected a number above 0, at most 36500", "keep.eventsDays"],
    ['{"keep":{"answersDays":0.5}}', "keep.answersDays: expected a number from 1 to 36500", "keep.answersDays"],
    ['{"keep":{"blobsDays":1,"commitsDays":2}}', "keep.blobsDays: a commit may name a blob", "keep.blobsDays"],
  ])("%s", async (text, message, place) => {
    await writeFile(path, text);
    const refused = await readSettings(path).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "invalid", detail: { file: path } });
    expect((refused as Error).message).toContain(message);
    expect((refused as { path?: string }).path).toBe(place);
  });
});
