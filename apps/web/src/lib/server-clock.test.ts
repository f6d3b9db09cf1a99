import { expect, test } from "bun:test";
import { lackOf } from "./server-clock.ts";

const HOUR = 3_600_000;

test("a clock that agrees but for the way there and back lacks nothing", () => {
  expect(lackOf(100_000, 100_900, 101_000)).toBe(0);
  expect(lackOf(100_000, 80_000, 200_000)).toBe(0);
});

test("one that is ahead or behind lacks as much, to the middle of the way", () => {
  expect(lackOf(10 * HOUR, 34 * HOUR, 34 * HOUR + 1000)).toBe(-24 * HOUR);
  expect(lackOf(34 * HOUR, 10 * HOUR, 10 * HOUR + 1000)).toBe(24 * HOUR);
});
