import { expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../protocol/limits.ts";
import { beat, newHeartbeat } from "./heartbeat.ts";

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

test("a check pings at once, and not twice", () => {
  const first = beat(newHeartbeat(0), 10, limits, true);
  expect(first.action).toBe("ping");
  expect(beat(first.heart, 11, limits, true)).toMatchObject({ action: "none", at: 10_010 });
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
