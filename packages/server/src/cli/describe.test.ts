import { expect, test } from "bun:test";
import { describe } from "./describe.ts";

test("a tool call is told with its status, also one that only its agent knows", () => {
  const tool = { title: "Edit", kind: "edit", locations: [{ path: "/work/a.txt" }] };
  expect(describe("tool", { ...tool, status: "in_progress" })).toBe("[edit] Edit (/work/a.txt): in progress");
  expect(describe("tool", { ...tool, status: "pending", unknown: { status: "held_up" } })).toBe(
    "[edit] Edit (/work/a.txt): held up",
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
