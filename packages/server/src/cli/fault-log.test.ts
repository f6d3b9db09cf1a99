import { expect, test } from "bun:test";
import { SkeinError } from "@skein/client/protocol";
import { TestClock } from "../testing/test-clock.ts";
import { faultLog } from "./fault-log.ts";

const ESC = "\u001b";

test("what a fault quotes is not obeyed by the terminal, and is no line of its own", () => {
  let written = "";
  const report = faultLog((text) => (written += text), new TestClock());
  report(new SkeinError("invalid", `a${ESC}]0;title\u0007b\r\nskein: all is well \u202e${ESC}[2J`));
  report(new Error(`c${ESC}[31m`));
  report({ name: `d${ESC}[8m` });
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(written.split("\n").filter((line) => /^\S/.test(line))).toHaveLength(3);
  expect(written).toContain("<U+202E>");
});

test("a flood is left out and counted, a long text is cut", async () => {
  const lines: string[] = [];
  const clock = new TestClock();
  const report = faultLog((text) => void lines.push(text), clock);
  for (let index = 0; index < 10_000; index++) report(new SkeinError("invalid", "x".repeat(100_000)));
  expect(lines).toHaveLength(50);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(9_000);
  await clock.advance(1_000);
  report(new SkeinError("internal", "another"));
  expect(lines.slice(50)).toEqual(["skein: 9950 more messages came too fast and were left out.\n", "skein: another\n"]);
});
