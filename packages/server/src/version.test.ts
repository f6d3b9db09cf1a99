import { expect, test } from "bun:test";
import { version } from "../package.json";
import { VERSION } from "./version.ts";

test("the version is the package's", () => {
  expect(VERSION).toBe(version);
});
