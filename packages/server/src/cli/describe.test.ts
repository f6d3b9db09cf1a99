import { expect, test } from "bun:test";
import { describe } from "./describe.ts";

test("a tool call is told with its status, also one that only its agent knows", () => {
  const tool = { title: "Edit", kind: "edit", locations: [{ path: "/srv/a.txt" }] };
  expect(describe("tool", { ...tool, status: "in_progress" })).toBe("[edit] Edit (/srv/a.txt): in progress");
  expect(describe("tool", { ...tool, status: "pending", unknown: { status: "held_up" } })).toBe(
    "[edit] Edit (/srv/a.txt): held up",
  );
});

test("a notice is told with how often it came, and the start of what it is about", () => {
  const notice = { level: "warning", text: "The agent sent a line that is not JSON." };
  const told = (more: object) => describe("notice", { ...notice, ...more });
  expect(told({})).toBe("[warning] The agent sent a line that is not JSON.");
  expect(told({ count: 5, detail: "not json at all\nnor this" })).toBe(
    "[warning] The agent sent a line that is not JSON (5 times): not json at all nor this",
  );
  expect(told({ count: 2 })).toBe("[warning] The agent sent a line that is not JSON (2 times).");
  expect(told({ detail: { sessionUpdate: "weird", x: 1 } })).toEndWith(': {"sessionUpdate":"weird","x":1}');
  expect(told({ detail: { code: 4, stderr: "first\nboom\n" } })).toEndWith("not JSON: boom");
  expect(told({ detail: { code: 4, stderr: "" } })).toEndWith("not JSON.");
  expect(told({ detail: "x".repeat(1000) })!.length).toBeLessThan(300);
});

test("a turn's end is told with why, and the last the agent said before it died", () => {
  const detail = { code: 4, signal: null, stderr: "loading\nboom\n" };
  const error = { message: "The agent ended unexpectedly (exit code 4).", detail };
  expect(describe("turn", { status: "interrupted", error })).toBe(
    "[turn] interrupted: The agent ended unexpectedly (exit code 4): boom",
  );
  expect(describe("turn", { status: "interrupted", error: { message: "The server was stopped." } })).toBe(
    "[turn] interrupted: The server was stopped.",
  );
  expect(describe("turn", { status: "interrupted" })).toBe("[turn] interrupted");
  expect(describe("turn", { status: "cancelled" })).toBe("[turn] cancelled");
  expect(describe("turn", { status: "failed" })).toBe("[turn] failed: for no reason given");
  const said = { message: "It does not start. Its last words: boom", detail };
  expect(describe("turn", { status: "failed", error: said })).toBe(
    "[turn] failed: It does not start. Its last words: boom",
  );
});

test("of what an agent said before it died, the line that names the error is told", () => {
  const said = (stderr: string) =>
    describe("turn", { status: "failed", error: { message: "It ended.", detail: { stderr } } });
  const node = [
    "node:internal/modules/cjs/loader:1",
    "  throw err;",
    "  ^",
    "",
    "Error: Cannot find module 'x'",
    "    at Function._resolve (node:internal:1:2) {",
    "  code: 'MODULE_NOT_FOUND',",
    "  requireStack: []",
    "}",
    "",
    "Node.js v20.20.2",
  ];
  expect(said(node.join("\n"))).toBe("[turn] failed: It ended: Error: Cannot find module 'x'");
  expect(said('{\n  "fault": "no key"\n}\n')).toBe('[turn] failed: It ended: "fault": "no key"');
  expect(said("loading\n  error: no key for the model\n  }\n)\n")).toEndWith(": error: no key for the model");
  expect(said("}\n")).toBe("[turn] failed: It ended.");
});

test("a tool's output that came raw alone is told in its line", () => {
  const tool = (more: object) => describe("tool", { kind: "execute", title: "List", status: "completed", ...more });
  expect(tool({ output: "a.txt\nb.txt" })).toBe("[execute] List: completed: a.txt b.txt");
  expect(tool({ output: { output: "a.txt", metadata: {} } })).toBe("[execute] List: completed: a.txt");
  expect(tool({ output: { stdout: "out", stderr: "err", exit_code: 1 } })).toBe("[execute] List: completed: out err");
  expect(
    tool({
      output: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    }),
  ).toEndWith(": a b");
  expect(tool({ output: { n: 1 }, status: "failed" })).toBe('[execute] List: failed: { "n": 1 }');
  expect(tool({ output: "a", status: "in_progress" })).toBe("[execute] List: in progress");
  const content = [{ type: "block", block: { type: "text", text: "a" } }];
  expect(tool({ output: "a", content })).toBe("[execute] List: completed");
});
