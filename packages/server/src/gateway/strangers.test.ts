import { describe, expect, test } from "bun:test";
import { boundsFor, tooMany } from "./strangers.ts";

const from = (source: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ descriptor: index, name: `${source} ${index}`, source }));

describe("L35: which connections of strangers are ended", () => {
  const bounds = { inAll: 10, fromOne: 4, reserve: 0 };

  test("none within the bounds", () => {
    expect(tooMany([...from("a", 4), ...from("b", 4), ...from("c", 2)], bounds)).toEqual([]);
  });

  test("of one source the oldest, and nobody else's", () => {
    const cut = tooMany([...from("b", 1), ...from("a", 9), ...from("c", 1)], bounds);
    expect(cut.map(({ name }) => name).toSorted()).toEqual(["a 0", "a 1", "a 2", "a 3", "a 4"]);
  });

  test("of many sources the oldest of all", () => {
    const cut = tooMany(
      ["a", "b", "c", "d"].flatMap((source) => from(source, 4)),
      bounds,
    );
    expect(cut.map(({ source }) => source).toSorted()).toEqual(["a", "a", "a", "a", "b", "b"]);
  });

  test("the bounds leave three quarters of the descriptors to who is signed in, whatever the limit", () => {
    for (const limit of [64, 256, 1024, 20_000, 1_048_576, Infinity]) {
      const { inAll, fromOne, reserve } = boundsFor(limit);
      expect(inAll).toBeLessThanOrEqual(limit / 4);
      expect(fromOne).toBeLessThan(inAll);
      expect(reserve).toBeLessThanOrEqual(limit / 8);
      expect(Math.min(fromOne, reserve)).toBeGreaterThan(0);
    }
  });
});
