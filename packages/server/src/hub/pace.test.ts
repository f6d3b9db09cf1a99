import { describe, expect, test } from "bun:test";
import { pauseFor } from "./pace.ts";

describe("the pause between flushes", () => {
  test("is nothing while the server is less than 70 % busy, and grows to 25 ms", () => {
    expect([0, 0.3, 0.7].map(pauseFor)).toEqual([0, 0, 0]);
    expect(pauseFor(0.85)).toBeGreaterThan(0);
    expect([1, 1.5].map(pauseFor)).toEqual([25, 25]);
    for (let load = 0; load < 1; load += 0.05) expect(pauseFor(load + 0.05)).toBeGreaterThanOrEqual(pauseFor(load));
  });
});
