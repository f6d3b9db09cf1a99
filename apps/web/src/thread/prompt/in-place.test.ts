import { expect, test } from "bun:test";
import { inPlace, nextPlace } from "./in-place.ts";

test("what comes in any order stands as it was given", () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const placed = order.reduce<{ place: number }[]>((all, place) => inPlace(all, { place }), []);
    expect(placed.map(({ place }) => place)).toEqual([0, 1, 2]);
  }
});

test("what has no place was there before, and what is given next comes behind all", () => {
  const before = [{ name: "before" }, { name: "two", place: 2 }, { name: "put back" }];
  expect(inPlace(before, { name: "one", place: 1 }).map(({ name }) => name)).toEqual([
    "before",
    "two",
    "put back",
    "one",
  ]);
  expect(inPlace<{ name: string; place?: number }>([{ name: "put back" }], { name: "first", place: 0 })[1]?.name).toBe(
    "first",
  );
  expect(nextPlace(before)).toBe(3);
  expect(nextPlace([])).toBe(0);
});
