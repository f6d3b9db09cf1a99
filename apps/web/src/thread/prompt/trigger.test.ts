import { expect, test } from "bun:test";
import { mentions, triggerAt } from "./trigger.ts";

test("a command is completed at the start of a prompt only, a file after any space", () => {
  expect(triggerAt("/lo", 3)).toEqual({ kind: "command", text: "lo", from: 0, to: 3 });
  expect(triggerAt("see /lo", 7)).toBeNull();
  expect(triggerAt("/long 5", 7)).toBeNull();
  expect(triggerAt("look at @src/ma", 15)).toEqual({ kind: "file", text: "src/ma", from: 8, to: 15 });
  expect(triggerAt("@", 1)).toEqual({ kind: "file", text: "", from: 0, to: 1 });
  expect(triggerAt("ada@example.org", 15)).toBeNull();
  expect(triggerAt("@file and", 3)).toEqual({ kind: "file", text: "fi", from: 0, to: 3 });
});

test("files named in a prompt are found once each, without what ends a sentence", () => {
  expect(mentions("Compare @src/a.ts with @src/b.ts, and @src/a.ts. Not ada@example.org.")).toEqual([
    "src/a.ts",
    "src/b.ts",
  ]);
});
