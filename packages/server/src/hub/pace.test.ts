import { describe, expect, test } from "bun:test";
import { DEFAULT_SETTINGS } from "../settings.ts";
import * as pace from "./pace.ts";

const nextPause = (pause: number, load: number, elapsedMs: number): number =>
  pace.nextPause(pause, load, elapsedMs, DEFAULT_SETTINGS.flush.longestPauseMs);

/** The pause after a while of one load, measured every 50 ms. */
const after = (seconds: number, load: number, pause = 0): number => {
  for (let i = 0; i < seconds * 20; i++) pause = nextPause(pause, load, 50);
  return pause;
};

describe("the pause between flushes", () => {
  test("is nothing while the server is less than 80 % busy", () => {
    expect([0, 0.3, 0.8].map((load) => after(10, load))).toEqual([0, 0, 0]);
  });

  test("grows to 25 ms while it is wholly busy, not at once, and is gone as soon as it is not", () => {
    expect(after(0.1, 1)).toBeLessThan(5);
    expect(after(2, 1)).toBe(25);
    expect(after(0.25, 0.1, 25)).toBe(0);
  });

  test("one measurement after a silence does not decide, but a silence takes the pause away", () => {
    expect(nextPause(0, 1, 60_000)).toBeLessThan(3);
    expect(nextPause(25, 0, 60_000)).toBe(0);
  });

  test("comes to rest where flushes of a fixed cost leave the server 80 % busy, and does not swing", () => {
    const costMs = 4;
    let pause = 0;
    const loads: number[] = [];
    for (let i = 0; i < 400; i++) {
      const load = costMs / (costMs + pause);
      loads.push(load);
      pause = nextPause(pause, load, 50);
    }
    for (const load of loads.slice(200)) expect(load).toBeCloseTo(0.8, 2);
  });
});
