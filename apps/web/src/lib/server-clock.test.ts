import { expect, test } from "bun:test";
import { lackOf } from "./server-clock.ts";

const HOUR = 3_600_000;

test("a clock that agrees but for the way of the answer lacks nothing", () => {
  expect(lackOf(100_000, 101_000)).toBe(0);
  expect(lackOf(100_000, 75_000)).toBe(0);
});

test("one that is ahead or behind lacks as much", () => {
  expect(lackOf(10 * HOUR, 34 * HOUR)).toBe(-24 * HOUR);
  expect(lackOf(34 * HOUR, 10 * HOUR)).toBe(24 * HOUR);
});
