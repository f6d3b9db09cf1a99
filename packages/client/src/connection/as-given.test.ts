import { expect, test } from "bun:test";
import type { CardEntity, CommandName, ThreadEntity, TurnEntity } from "../protocol/index.ts";
import { cardAsGiven, givenTo, queueAsGiven, threadAsGiven } from "./as-given.ts";
import { commandsGiven, isToSend, type GivenCommand } from "./standing.ts";

let count = 0;
const give = (method: CommandName, params: Record<string, unknown>): GivenCommand => ({
  key: `key-${++count}`,
  method,
  params: { thread: "one", ...params },
  at: count,
  user: null,
  state: "queued",
  attempts: 0,
  error: null,
  stored: true,
});
const thread: ThreadEntity = {
  title: "As it was",
  agent: "demo",
  cwd: "/",
  board: "b",
  status: "idle",
  mode: "careful",
  config: [
    { id: "model", currentValue: "large" },
    { id: "fast", type: "boolean", currentValue: false },
  ],
  createdAt: 0,
  updatedAt: 0,
};
const turn = (id: string, text = id) => ({
  id,
  value: { by: "local", status: "queued", createdAt: 0, prompt: { text, blocks: [] } } as TurnEntity,
});

test("a thread is as the last of each kind has it", () => {
  const given = [
    give("thread.rename", { title: "First" }),
    give("thread.mode", { mode: "auto" }),
    give("thread.rename", { title: "Second" }),
    give("thread.config", { option: "model", value: "small" }),
    give("thread.config", { option: "fast", value: true }),
    give("thread.archive", {}),
  ];
  const shown = threadAsGiven(thread, given);
  expect([shown.title, shown.mode, shown.status]).toEqual(["Second", "auto", "archived"]);
  expect(shown.config?.map(({ currentValue }) => currentValue)).toEqual(["small", true]);
  expect(threadAsGiven(thread, given)).toBe(shown);
  expect(threadAsGiven(thread, [])).toBe(thread);
});

test("taken out of the archive it rests; what was not archived goes on as it is", () => {
  const back = [give("thread.archive", { archived: false })];
  expect(threadAsGiven({ ...thread, status: "archived" }, back).status).toBe("idle");
  expect(threadAsGiven({ ...thread, status: "running" }, back).status).toBe("running");
});

test("a card has the title, and whether it is archived", () => {
  const card = { thread: "one", title: "As it was", status: "running", waiting: 1 } as CardEntity;
  const given = [give("thread.rename", { title: "New" }), give("thread.mode", { mode: "auto" })];
  expect(cardAsGiven(card, given)).toEqual({ ...card, title: "New" });
  expect(cardAsGiven(card, [give("thread.archive", { archived: true })]).status).toBe("archived");
});

test("a queue is edited, moved and dropped from; a turn that is not there is let be", () => {
  const queue = [turn("u1"), turn("u2"), turn("u3")];
  const given = [
    give("thread.requeue", { turn: "u3", text: "third, better" }),
    give("thread.requeue", { turn: "u3", before: "u1" }),
    give("thread.unqueue", { turn: "u2" }),
    give("thread.requeue", { turn: "u1", before: "gone" }),
    give("thread.requeue", { turn: "gone", before: null }),
  ];
  const shown = queueAsGiven(queue, given);
  expect(shown.map(({ value }) => value.prompt?.text)).toEqual(["third, better", "u1"]);
  const last = queueAsGiven(queue, [give("thread.requeue", { turn: "u1", before: null })]);
  expect(last.map(({ id }) => id)).toEqual(["u2", "u3", "u1"]);
  // What did not change is the same object.
  expect(queueAsGiven(queue, given)[0]).toBe(shown[0]);
});

test("commands are told apart by thread", () => {
  const all = [give("thread.rename", { title: "a" }), give("thread.rename", { thread: "two", title: "b" })];
  expect(givenTo(all, "two")).toEqual([all[1]!]);
  expect(givenTo(all, "two")).toBe(givenTo(all, "two"));
  expect(givenTo(all, "three")).toEqual([]);
});

test("offline all that is not answered is held, also what is tried over HTTP", () => {
  const states = ["queued", "sent", "delayed", "answered"] as const;
  const entries = states.map((state) => ({ ...give("thread.rename", { title: "x" }), state }));
  const error = new Error() as never;
  const waiting = { state: "waiting", since: 0, attempt: 2, unopened: 2, retryAt: 1, error, ordered: false } as const;
  const offline = commandsGiven(entries, waiting);
  expect(offline.map(({ state }) => state)).toEqual(["held", "held", "held", "answered"]);
  expect(offline.filter(isToSend)).toHaveLength(3);
  expect(commandsGiven(entries, waiting)).toBe(offline);
  const again = commandsGiven(entries, { state: "connecting", since: 0, attempt: 3, unopened: 3 });
  expect(again).toEqual(offline);
  const first = commandsGiven(entries, { state: "connecting", since: 0, attempt: 0, unopened: 0 });
  expect(first.filter(isToSend).map(({ state }) => state)).toEqual(["queued", "delayed"]);
});
