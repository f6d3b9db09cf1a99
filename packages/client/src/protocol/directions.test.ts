import { expect, test } from "bun:test";
import { showDirections } from "./directions.ts";

test("what turns the direction of text is written out, and all other text stays", () => {
  expect(showDirections("rm \u202Etxt.exe\u202C")).toBe("rm <U+202E>txt.exe<U+202C>");
  const turning = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
  const shown: number[] = [];
  for (let code = 0; code <= 0xffff; code++) {
    if (showDirections(String.fromCharCode(code)).length > 1) shown.push(code);
  }
  expect(shown).toEqual(turning);
  const ordinary = "عربي עברית می‌خواهم 👩‍👩‍👧 ﷽ a\tb\n";
  expect(showDirections(ordinary)).toBe(ordinary);
});
