import { expect, test } from "bun:test";
import { describe } from "./describe.ts";

test("a tool call is told with its status, also one that only its agent knows", () => {
  const tool = { title: "Edit", kind: "edit", locations: [{ path: "/work/a.txt" }] };
  expect(describe("tool", { ...tool, status: "in_progress" })).toBe("[edit] Edit (/work/a.txt): in progress");
  expect(describe("tool", { ...tool, status: "pending", unknown: { status: "held_up" } })).toBe(
    "[edit] Edit (/work/a.txt): held up",
  );
});
