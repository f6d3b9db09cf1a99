import { describe, expect, test } from "bun:test";
import { isPinned, positionOf } from "./items.ts";
import { splitTopic, topic } from "./topics.ts";

describe("P40, P41: items and held entities", () => {
  test("an entity is an item by its number pos, 0 among them", () => {
    expect(positionOf({ pos: 0 })).toBe(0);
    expect(positionOf({ pos: "3" })).toBeNull();
    expect(positionOf({})).toBeNull();
  });

  test("what is no item is held", () => {
    expect(isPinned({ title: "a thread", status: "idle" })).toBe(true);
  });

  for (const status of ["queued", "running", "streaming", "pending", "in_progress", "waiting"]) {
    test(`an item that is ${status} is held`, () => expect(isPinned({ pos: 1, status })).toBe(true));
  }
  for (const status of ["complete", "done", "answered", "cancelled", "interrupted", "failed", "completed", undefined]) {
    test(`an item that is ${status ?? "without status"} is not`, () =>
      expect(isPinned({ pos: 1, status })).toBe(false));
  }
});

describe("P20: names of topics", () => {
  test("what is one", () => {
    expect(splitTopic(topic.parse("thread:a_B-9"))).toEqual({ kind: "thread", id: "a_B-9" });
    expect(splitTopic(topic.parse("server"))).toEqual({ kind: "server", id: "" });
    expect(topic.safeParse(`user:${"x".repeat(64)}`).success).toBe(true);
  });

  for (const name of ["", "thread", "thread:", "server:a", "other:a", "thread:a:b", "thread:ä", " server", 7, null]) {
    test(`${JSON.stringify(name)} is none`, () => expect(topic.safeParse(name).success).toBe(false));
  }
  test("more than 64 characters are none", () => {
    expect(topic.safeParse(`user:${"x".repeat(65)}`).success).toBe(false);
  });
  test("a line break after it makes it none", () => expect(topic.safeParse("server\n").success).toBe(false));
});
