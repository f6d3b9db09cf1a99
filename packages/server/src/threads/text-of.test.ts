import { expect, test } from "bun:test";
import { textOf } from "./text-of.ts";

test("the search finds an entity by what a person reads in it", () => {
  expect(textOf("message", { text: "Hello", role: "user" })).toBe("Hello");
  expect(textOf("message", { text: "" })).toBeNull();
  expect(textOf("thread", { title: "Fix it", cwd: "/x" })).toBe("Fix it");
  expect(textOf("notice", { text: "Mind" })).toBe("Mind");
  expect(textOf("plan", { entries: [{ content: "a" }, { content: "b" }] })).toBe("a\nb");
  expect(textOf("terminal", { command: "ls", args: ["-l"], output: "x" })).toBe("ls\n-l\nx");
  expect(textOf("question", { message: "Which?" })).toBe("Which?");
  const content = [
    { type: "block", block: { type: "text", text: "out" } },
    { type: "diff", path: "a.ts", newText: "new" },
  ];
  expect(textOf("tool", { title: "Edit", input: { command: "sed" }, content })).toBe("Edit\nsed\nout\na.ts\nnew");
  expect(textOf("permission", { title: "Edit" })).toBeNull();
  expect(textOf("tool", { title: 7, content: "odd", input: null })).toBeNull();
});
