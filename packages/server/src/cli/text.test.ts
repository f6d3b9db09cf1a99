import { expect, test } from "bun:test";
import { defaultsOf, fieldsOf, optionFor, readField } from "./choose.ts";
import { diff } from "./diff.ts";
import { exitCodeOfTurn } from "./exit-codes.ts";
import { ago, harmless, oneLine, span, splitCommand, table } from "./text.ts";

test("a command line is split as a shell would, without expanding anything", () => {
  expect(splitCommand("a b  c")).toEqual(["a", "b", "c"]);
  expect(splitCommand(`sh -c "echo 'hi' \\"there\\"" x\\ y ''`)).toEqual(["sh", "-c", `echo 'hi' "there"`, "x y", ""]);
  expect(splitCommand("pre'fix 'ed $HOME *")).toEqual(["prefix ed", "$HOME", "*"]);
  expect(splitCommand("'open")).toBeNull();
  expect(splitCommand("  ")).toEqual([]);
});

test("control characters go, text stays; a line is cut between characters", () => {
  expect(harmless("a\u001b[31mb\u009bc\td\n\u0007e\r")).toBe("a[31mbc\td\ne");
  expect(oneLine(" two\n lines ")).toBe("two lines");
  expect(oneLine("ab🧶cd", 4)).toBe("ab…");
});

test("what turns the direction of text is shown, where a terminal that obeys it would let a command read otherwise", () => {
  expect(harmless("rm \u202Etxt.exe\u202C \u2066a\u2069")).toBe("rm <U+202E>txt.exe<U+202C> <U+2066>a<U+2069>");
  expect(oneLine("cp \u200F1 2")).toBe("cp <U+200F>1 2");
});

test("a table is as wide as its widest cells; times are told roughly", () => {
  expect(
    table([
      ["A", "B"],
      ["long", "x"],
      ["", "y"],
    ]),
  ).toBe("A     B\nlong  x\n      y\n");
  expect([0, 61, 7200, 200_000].map((seconds) => ago(0, seconds * 1000))).toEqual([
    "just now",
    "1 min ago",
    "2 h ago",
    "2 d ago",
  ]);
  expect([10, 600, 86_399, 86_400].map((seconds) => span(seconds * 1000))).toEqual(["10 s", "10 min", "23 h", "1 d"]);
});

test("a diff shows the lines that differ, and where", () => {
  expect(diff({ path: "f", oldText: "a\nb\nc\n", newText: "a\nB\nc\n" })).toBe("--- f\n+++ f\n@@ line 2 @@\n-b\n+B");
  expect(diff({ path: "f", oldText: null, newText: "a\n" })).toBe("--- f\n+++ f\n@@ line 1 @@\n+a");
  expect(diff({ path: "f", oldText: "a\na\n", newText: "a\na\na\n" })).toBe("--- f\n+++ f\n@@ line 3 @@\n+a");
  expect(diff({ path: "f", oldText: "a\nb\nc\n", newText: "A\nb\nC" })).toBe(
    "--- f\n+++ f\n@@ line 1 @@\n-a\n+A\n@@ line 3 @@\n-c\n+C",
  );
});

test("allow and reject take the option for once, then the one for always, then none", () => {
  const once = { optionId: "o", name: "Once", kind: "allow_once" };
  const always = { optionId: "a", name: "Always", kind: "allow_always" };
  expect(optionFor("allow", [always, once])).toBe(once);
  expect(optionFor("allow", [always])).toBe(always);
  expect(optionFor("reject", [always, once])).toBeNull();
});

test("a form's fields are read by their type; what does not fit is not taken", () => {
  const schema = {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string", title: "Name" },
      size: { type: "integer" },
      ok: { type: "boolean", default: true },
      colour: { type: "string", oneOf: [{ const: "red", title: "Red" }] },
      tags: { type: "array", items: { type: "string", enum: ["a", "b"] } },
    },
  };
  const fields = new Map(fieldsOf(schema).map((field) => [field.name, field]));
  const read = (name: string, typed: string): unknown => readField(fields.get(name)!, typed);
  expect(read("name", " Ada ")).toBe("Ada");
  expect([read("size", "4"), read("size", "4.5")]).toEqual([4, undefined]);
  expect([read("ok", ""), read("ok", "N"), read("ok", "perhaps")]).toEqual([true, false, undefined]);
  expect([read("colour", "red"), read("colour", "blue")]).toEqual(["red", undefined]);
  expect([read("tags", "a, b"), read("tags", "c")]).toEqual([["a", "b"], undefined]);
  expect(defaultsOf(schema)).toBeNull();
  expect(defaultsOf({ ...schema, required: [] })).toEqual({ ok: true });
});

test("only a turn that the agent ended by itself is a success", () => {
  expect(exitCodeOfTurn({ status: "done", stopReason: "end_turn" })).toBe(0);
  expect(exitCodeOfTurn({ status: "done", stopReason: "refusal" })).toBe(1);
  expect(exitCodeOfTurn({ status: "done", stopReason: "max_tokens" })).toBe(1);
  expect(exitCodeOfTurn({ status: "failed" })).toBe(1);
  expect(exitCodeOfTurn({ status: "interrupted" })).toBe(1);
  expect(exitCodeOfTurn({ status: "cancelled" })).toBe(130);
});
