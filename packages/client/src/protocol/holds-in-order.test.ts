import { expect, test } from "bun:test";
import { holdsInOrder } from "./holds-in-order.ts";

test.each([
  ["src/domain/read.ts", "sdread", true],
  ["src/domain/read.ts", "", true],
  ["", "", true],
  ["", "a", false],
  ["abc", "acb", false],
  // Each character of the text has one of its own in the path.
  ["ab", "aab", false],
  ["aXb", "ab", true],
  ["README.md", "readme", true],
  ["README.md", "READ", true],
  ["docs/reading.md", "READ", false],
  ["docs/Reading.md", "Read", true],
  ["naïve/Über.md", "über", true],
  ["a😀b", "😀b", true],
])("P75: whether the path %p holds the characters of %p in their order: %p", (path, text, holds) => {
  expect(holdsInOrder(path, text)).toBe(holds);
});
