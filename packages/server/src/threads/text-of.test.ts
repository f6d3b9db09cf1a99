import { expect, test } from "bun:test";
import { textOf } from "./text-of.ts";

test("the search finds an entity by what a person reads in it", () => {
  expect(textOf("message", { pos: 1, text: "Hello", role: "user", status: "complete" })).toBe("Hello");
  expect(textOf("message", { pos: 5, text: "" })).toBeNull();
  expect(textOf("thread", { title: "Fix it", cwd: "/x" })).toBe("Fix it");
  expect(textOf("notice", { text: "Mind" })).toBe("Mind");
  expect(textOf("plan", { entries: [{ content: "a" }, { content: "b" }] })).toBe("a\nb");
  expect(textOf("terminal", { pos: 2, command: "ls", args: ["-l"], output: "x" })).toBe("ls\n-l\nx");
  expect(textOf("question", { message: "Which?" })).toBe("Which?");
  const content = [
    { type: "block", block: { type: "text", text: "out" } },
    { type: "diff", path: "a.ts", newText: "new" },
    { type: "blob", blob: "b", bytes: 1, diff: { path: "b.ts", old: null, added: 1, removed: 0 } },
    { type: "blob", blob: "c", bytes: 1, path: "c.ts" },
  ];
  expect(textOf("tool", { pos: 3, title: "Edit", input: { command: "sed" }, content })).toBe(
    "Edit\nsed\nout\na.ts\nnew\nb.ts\nc.ts",
  );
  expect(textOf("permission", { title: "Edit" })).toBeNull();
  expect(textOf("tool", { pos: 4, title: 7, content: "odd", input: null })).toBeNull();
});

test("L23: what changes with every token is taken into the index once, at its end", () => {
  const text = (kind: string, status: string) => textOf(kind, { pos: 1, status, text: "x", title: "x", output: "x" });
  expect([text("message", "streaming"), text("tool", "pending"), text("tool", "in_progress")]).toEqual([
    null,
    null,
    null,
  ]);
  expect(text("terminal", "running")).toBeNull();
  expect([text("message", "interrupted"), text("tool", "failed"), text("terminal", "exited")]).toEqual(["x", "x", "x"]);
  // A thread at work has a status too.
  expect(textOf("thread", { title: "Fix it", status: "running" })).toBe("Fix it");
});
