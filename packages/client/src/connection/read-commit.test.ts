import { expect, test } from "bun:test";
import { commit as schema, SkeinError } from "../protocol/index.ts";
import { readCommit } from "./read-commit.ts";

const good = {
  topic: "server",
  epoch: "e",
  after: 0,
  seq: 1,
  ts: 1,
  changes: [
    { op: "put", kind: "a", id: "1", value: {} },
    { op: "patch", kind: "a", id: "1", value: { x: null } },
    { op: "append", kind: "a", id: "1", field: "text", at: 0, text: "" },
    { op: "drop", kind: "a", id: "1" },
  ],
};
const [put, patch, append] = good.changes;
const bad: unknown[] = [
  null,
  [],
  "commit",
  { ...good, topic: 1 },
  { ...good, epoch: undefined },
  { ...good, after: -1 },
  { ...good, after: undefined },
  { ...good, seq: 1.5 },
  { ...good, ts: "1" },
  { ...good, floor: "0" },
  { ...good, changes: {} },
  { ...good, changes: [null] },
  { ...good, changes: [{ ...put, value: [] }] },
  { ...good, changes: [{ ...patch, value: null }] },
  { ...good, changes: [{ ...put, id: 1 }] },
  { ...good, changes: [{ ...put, op: "push" }] },
  { ...good, changes: [{ ...append, at: -1 }] },
  { ...good, changes: [{ ...append, text: undefined }] },
];

test("P21: the check by hand takes what the schema takes, and refuses what it refuses", () => {
  for (const value of [good, { ...good, after: null, floor: 3, more: true }]) {
    expect(readCommit(value)).toBe(value as never);
    expect(schema.safeParse(value).success).toBe(true);
  }
  for (const value of bad) {
    expect(() => readCommit(value)).toThrow(SkeinError);
    expect(schema.safeParse(value).success).toBe(false);
  }
});
