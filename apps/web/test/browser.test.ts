import { expect, test } from "bun:test";
import { browserProgram } from "./support/browser.ts";

/** Where there is none the tests in a browser are skipped, which nobody would see where nobody looks on. */
test("where `CI` is set there is a browser to test with", () => {
  expect(browserProgram() !== null || !process.env["CI"]).toBe(true);
});
