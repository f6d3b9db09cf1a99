import { expect, test } from "bun:test";
import { stillFitting } from "./use-completion.ts";

const FOUND = { text: "s", files: ["src/schema.ts", "src/Alpha.ts"], more: false };

test("of an answer stays what fits the text that stands there by now", () => {
  expect(stillFitting(FOUND, "s")).toEqual(FOUND.files);
  expect(stillFitting(FOUND, "srcalp")).toEqual(["src/Alpha.ts"]);
  expect(stillFitting(FOUND, "sA")).toEqual(["src/Alpha.ts"]);
  expect(stillFitting({ ...FOUND, text: "sr" }, "s")).toEqual(FOUND.files);
});

test("that nothing fits is known only where the answer was whole and the text goes on from its own", () => {
  expect(stillFitting(FOUND, "sz")).toEqual([]);
  expect(stillFitting({ ...FOUND, more: true }, "sz")).toBeNull();
  expect(stillFitting({ ...FOUND, text: "sr" }, "z")).toBeNull();
});
