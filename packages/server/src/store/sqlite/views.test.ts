import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_NESTING, type Json, type Topic } from "@skein/client/protocol";
import { SqliteStore } from "../sqlite.ts";
import { append, put, T, write } from "../testing/edits.ts";

const directory = mkdtempSync(join(tmpdir(), "skein-views-"));
const file = join(directory, "skein.sqlite");
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const DEEP: Topic = "thread:two";
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
let store: SqliteStore;
let person: Database;

beforeAll(async () => {
  store = await SqliteStore.open({ file, now: () => AT });
  await store.commit([
    {
      ...write(
        T,
        put("thread", "one", {
          title: "Fix it",
          agent: "demo",
          cwd: "/src",
          board: "b",
          status: "idle",
          createdAt: AT,
          updatedAt: AT,
        }),
        put("message", "m1", {
          pos: 1,
          turn: "u1",
          role: "user",
          by: "local",
          text: "Hello",
          status: "complete",
          startedAt: AT,
          endedAt: AT,
        }),
        put("message", "m2", { pos: 2, turn: "u1", role: "assistant", text: "", status: "streaming", startedAt: AT }),
        put("tool", "t3", {
          pos: 3,
          turn: "u1",
          title: "Read a",
          kind: "read",
          status: "completed",
          input: { path: "a" },
          content: [],
          startedAt: AT,
        }),
        put("plan", "p4", {
          pos: 4,
          turn: "u1",
          entries: [
            { content: "look", status: "completed", priority: "high" },
            { content: "fix", status: "pending" },
          ],
        }),
      ),
      events: [{ thread: "one", ts: AT, direction: "in", line: '{"jsonrpc":"2.0"}' }],
    },
    write("board:b", put("thread", "one", { title: "no thread's own" })),
  ]);
  await store.commit([write(T, append("m2", 0, "grown"))]);
  person = new Database(file, { readonly: true });
});
afterAll(async () => {
  person.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

const time = "2026-01-02 03:04:05";

test("the views show threads, messages, tool calls, plans and events by column", () => {
  expect(person.query("SELECT thread, title, agent, cwd, board, status, created_at, seq FROM threads").all()).toEqual([
    {
      thread: "one",
      title: "Fix it",
      agent: "demo",
      cwd: "/src",
      board: "b",
      status: "idle",
      created_at: time,
      // The commit that only let a text grow is not counted until it is settled.
      seq: 1,
    },
  ]);
  expect(
    person.query("SELECT message, pos, turn, role, author, text, ended_at FROM messages ORDER BY pos").all(),
  ).toEqual([
    { message: "m1", pos: 1, turn: "u1", role: "user", author: "local", text: "Hello", ended_at: time },
    // Open: its text is in the log until it closes.
    { message: "m2", pos: 2, turn: "u1", role: "assistant", author: null, text: "", ended_at: null },
  ]);
  expect(person.query("SELECT thread, tool_call, title, kind, status, input, output FROM tool_calls").all()).toEqual([
    {
      thread: "one",
      tool_call: "t3",
      title: "Read a",
      kind: "read",
      status: "completed",
      input: '{"path":"a"}',
      output: null,
    },
  ]);
  expect(person.query("SELECT plan, step, content, status, priority FROM plans").all()).toEqual([
    { plan: "p4", step: 0, content: "look", status: "completed", priority: "high" },
    { plan: "p4", step: 1, content: "fix", status: "pending", priority: null },
  ]);
  expect(person.query("SELECT thread, at, direction, line FROM events").all()).toEqual([
    { thread: "one", at: time, direction: "in", line: '{"jsonrpc":"2.0"}' },
  ]);
});

test("what is nested as deep as may be goes through every view, and through a query of its JSON", async () => {
  const deep = JSON.parse(nested(MAX_NESTING)) as Json;
  const common = { pos: 5, turn: "u1", status: "completed", startedAt: AT };
  await store.commit([
    {
      ...write(
        DEEP,
        put("thread", "two", { title: "Deep", usage: deep, createdAt: AT, updatedAt: AT }),
        put("message", "m5", { ...common, role: "assistant", text: "", blocks: [deep] }),
        put("tool", "t6", { ...common, title: "T", input: deep, output: deep, content: [{ unknown: deep }] }),
        put("plan", "p7", { ...common, entries: [{ content: "look", status: "pending", unknown: deep }] }),
      ),
      events: [{ thread: "two", ts: AT, direction: "in", line: nested(MAX_NESTING) }],
    },
  ]);
  for (const view of ["threads", "messages", "tool_calls", "plans", "events"]) {
    expect(person.query(`SELECT * FROM ${view} WHERE thread = 'two'`).all()).toHaveLength(1);
  }
  const text = nested(MAX_NESTING);
  expect(person.query("SELECT input, output FROM tool_calls WHERE thread = 'two'").get()).toEqual({
    input: text,
    output: text,
  });
  for (const [view, column] of [
    ["threads", "value"],
    ["messages", "value"],
    ["tool_calls", "value"],
    ["events", "line"],
  ]) {
    const { levels } = person
      .query<{ levels: number }, []>(
        `SELECT count(*) AS levels FROM ${view}, json_tree(${view}.${column}) AS part WHERE thread = 'two' AND part.type = 'array'`,
      )
      .get()!;
    expect(levels).toBeGreaterThanOrEqual(MAX_NESTING);
  }
});

test("every query in docs/DATABASE.md runs", () => {
  const guide = readFileSync(join(import.meta.dir, "../../../../../docs/DATABASE.md"), "utf8");
  const queries = [...guide.matchAll(/```sql\n([\s\S]*?)```/g)]
    .flatMap(([, block = ""]) => block.split(/;\s*$/m))
    .filter((each) => each.trim());
  expect(queries.length).toBeGreaterThan(4);
  for (const query of queries) expect(() => person.query(query).all()).not.toThrow();
});
