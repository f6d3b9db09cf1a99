import { describe, expect, test } from "bun:test";
import type { Card } from "@skein/client/react";
import { settingsOf } from "../thread/lib/settings.ts";
import { plainText } from "./plain-text.ts";
import { withDirectory } from "./remembered.ts";
import { isUnread } from "./unread.ts";

const card = (id: string, updatedAt: number, status: Card["value"]["status"] = "idle"): Card => ({
  id,
  value: {
    thread: id,
    title: id,
    agent: "demo",
    cwd: "/",
    status,
    preview: "",
    by: "local",
    createdAt: 0,
    updatedAt,
    waiting: 0,
  },
});

describe("unread marks", () => {
  const seen = { since: 100, threads: { known: 200 } };
  const cases: [string, Card, boolean][] = [
    ["changed since it was seen", card("known", 201), true],
    ["as it was seen", card("known", 200), false],
    ["never seen, changed since this device came", card("new", 101), true],
    ["never seen, older than this device", card("old", 100), false],
    ["at work: it says so itself", card("known", 300, "running"), false],
    ["interrupted meanwhile", card("known", 300, "interrupted"), true],
    ["put away", card("known", 300, "archived"), false],
  ];
  for (const [name, given, unread] of cases) {
    test(`${name}: ${unread ? "unread" : "read"}`, () => expect(isUnread(given, seen)).toBe(unread));
  }
});

test("a directory that was used is the first of the recent ones, once, of twelve at most", () => {
  expect(withDirectory(["/a", "/b"], "/b")).toEqual(["/b", "/a"]);
  const many = Array.from({ length: 20 }, (_, index) => `/${index}`);
  expect(withDirectory(many, "/new")).toHaveLength(12);
});

test("a preview is shown without Markdown's marks, and code keeps its letters", () => {
  expect(plainText("# Title **bold** `a_b` | x | --- | y |")).toBe("Title bold a_b x y");
  expect(plainText("a - b > c # d 1*2")).toBe("a - b c d 1*2");
});

describe("what an agent lets one choose before a thread begins", () => {
  const modes = [
    { id: "ask", name: "Ask" },
    { id: "code", name: "Code", description: "Writes files" },
  ];
  test("its modes", () => {
    expect(settingsOf({ modes })).toEqual([
      {
        id: "mode",
        name: "Mode",
        by: "mode",
        value: "",
        choices: [
          { value: "ask", name: "Ask", description: undefined },
          { value: "code", name: "Code", description: "Writes files" },
        ],
      },
    ]);
  });

  test("its options, flat or in groups; what is no list of two or more is left out", () => {
    const options = [
      { value: "a", name: "A" },
      { group: "g", name: "G", options: [{ value: "b", name: "B" }] },
    ];
    const config = [
      { id: "model", name: "Model", type: "select", currentValue: "a", options },
      { id: "one", name: "One", type: "select", currentValue: "a", options: [{ value: "a", name: "A" }] },
      { id: "fast", name: "Fast", type: "boolean", currentValue: true },
    ];
    expect(settingsOf({ config }).map(({ id, choices }) => [id, choices.map(({ value }) => value)])).toEqual([
      ["model", ["a", "b"]],
      ["fast", ["true", "false"]],
    ]);
  });

  test("modes give way to an option that says the same", () => {
    const options = modes.map(({ id, name }) => ({ value: id, name }));
    const config = [{ id: "mode", name: "Mode", category: "mode", type: "select", currentValue: "ask", options }];
    expect(settingsOf({ modes, config }).map(({ by }) => by)).toEqual(["config"]);
  });

  test("nothing that is known is nothing to choose", () => expect(settingsOf({})).toEqual([]));
});
