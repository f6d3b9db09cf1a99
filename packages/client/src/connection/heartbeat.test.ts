import { expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../protocol/limits.ts";
import { beat, heard, newHeartbeat } from "./heartbeat.ts";

const limits = DEFAULT_LIMITS;

test("P13: a ping goes out after 15 s without a frame; two unanswered ones, 10 s each, end the connection", () => {
  const start = newHeartbeat(0);
  expect(beat(start, 14_999, limits)).toMatchObject({ action: "none", at: 15_000 });
  const first = beat(start, 15_000, limits);
  expect(first).toMatchObject({ action: "ping", at: 25_000 });
  expect(beat(first.heart, 24_999, limits)).toMatchObject({ action: "none", at: 25_000 });
  const second = beat(first.heart, 25_000, limits);
  expect(second).toMatchObject({ action: "ping", at: 35_000 });
  expect(beat(second.heart, 34_999, limits).action).toBe("none");
  expect(beat(second.heart, 35_000, limits).action).toBe("end");
});

test("P13: whoever only reads pings as well: whatever came in, once nothing was sent for 15 s", () => {
  let heart = newHeartbeat(0);
  for (let now = 1_000; now < 15_000; now += 1_000) {
    heart = heard(heart, now);
    expect(beat(heart, now, limits)).toMatchObject({ action: "none", at: 15_000 });
  }
  expect(beat(heart, 15_000, limits).action).toBe("ping");
});

test("L19: a check pings at once, not twice, and fails after 2.5 s", () => {
  const first = beat(newHeartbeat(0), 10, limits, true);
  expect(first).toMatchObject({ action: "ping", at: 2_510 });
  expect(beat(first.heart, 11, limits, true)).toMatchObject({ action: "none", at: 2_510 });
  expect(beat(first.heart, 2_509, limits).action).toBe("none");
  expect(beat(first.heart, 2_510, limits).action).toBe("end");
  expect(beat(heard(first.heart, 2_509), 2_510, limits).action).toBe("none");
});

test("L19: a check of a connection that has a ping under way waits for that one, and fails after 2.5 s", () => {
  const pinged = beat(newHeartbeat(0), 15_000, limits);
  const checked = beat(pinged.heart, 16_000, limits, true);
  expect(checked).toMatchObject({ action: "none", at: 18_500 });
  expect(beat(checked.heart, 18_500, limits).action).toBe("end");
});

test("a clock set back does not put off the next ping", () => {
  const first = beat(newHeartbeat(1_000_000), 500, limits);
  expect(first).toMatchObject({ action: "none", at: 15_500 });
  expect(beat(first.heart, 15_500, limits).action).toBe("ping");
});

test("a sleep with a ping under way counts it as missed once, not twice", () => {
  const first = beat(newHeartbeat(0), 15_000, limits);
  expect(beat(first.heart, 10_000_000, limits)).toMatchObject({ action: "ping", at: 10_010_000 });
});
