import { expect, test } from "bun:test";
import { quirksOf } from "./quirks.ts";

test.each([
  ["gemini", ["--acp"]],
  ["/usr/local/bin/gemini", []],
  ["npx", ["-y", "@google/gemini-cli@0.61.0", "--acp"]],
  ["node", ["/opt/gemini.js"]],
])("facts, gemini: known by its name in the command line: %s %p", (command, args) => {
  expect(quirksOf(command, args)).toMatchObject({ offerFiles: false, heedsInputEnd: true });
});

test.each([
  ["opencode", ["acp"]],
  ["node", ["/home/gemini/agent.js"]],
])("others have none: %s %p", (command, args) => {
  expect(quirksOf(command, args)).toEqual({ offerFiles: true, heedsInputEnd: true });
});

test("facts, claude-agent-acp: the end of stdin is not waited on", () => {
  expect(quirksOf("/opt/bin/claude-agent-acp", [])).toEqual({ offerFiles: true, heedsInputEnd: false });
});
