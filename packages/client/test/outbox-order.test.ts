import { expect, test } from "bun:test";
import type { OutboxEntry } from "../src/connection/outbox.ts";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, THREAD, world } from "./support/setup.ts";

const texts = (state: ReturnType<ReturnType<typeof world>["server"]["state"]>) =>
  [...state.values()].filter(({ kind }) => kind === "turn").map(({ value }) => value["text"]);
const prompt = (text: string) => ({ thread: "one", text });
const states = (entries: readonly OutboxEntry[]) => entries.map(({ state }) => state);

test("of one thread one command is under way at a time; other threads do not wait for it", async () => {
  const { server, network, live } = world();
  fillThread(server, 0);
  fillThread(server, 0, "thread:two");
  const one = live();
  const answers = [
    one.command("thread.prompt", prompt("a")),
    one.command("thread.prompt", prompt("b")),
    one.command("thread.prompt", { thread: "two", text: "c" }),
  ];
  expect(states(one.outbox.entries)).toEqual(["sent", "queued", "sent"]);
  network.flush();
  await Promise.all(answers);
});

test("what the server wants later is sent later, and what follows it in its thread waits", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 0);
  let refusals = 2;
  server.intercept = ({ params }) => {
    if (params["text"] === "a" && refusals-- > 0) throw new SkeinError("busy", "full", { retryAfterMs: 2000 });
    return undefined;
  };
  const one = live();
  const answers = [one.command("thread.prompt", prompt("a")), one.command("thread.prompt", prompt("b"))];
  network.flush();
  expect(one.outbox.entries[0]).toMatchObject({ state: "delayed", attempts: 1, error: { kind: "busy" } });
  pass(3999);
  expect(texts(server.state(THREAD))).toEqual([]);
  pass(1);
  await Promise.all(answers);
  expect(texts(server.state(THREAD))).toEqual(["a", "b"]);
});

test("to stop the agent and to answer it waits for nothing; what is given after that waits for it", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 0);
  const order: string[] = [];
  let refusals = 1;
  server.intercept = ({ method, params }) => {
    const { text } = params;
    if (text === "never taken") throw new SkeinError("busy", "full", { retryAfterMs: 60_000 });
    if (method === "thread.cancel" && refusals-- > 0) throw new SkeinError("busy", "later", { retryAfterMs: 2000 });
    if (method.startsWith("thread.")) order.push(method);
    return method.startsWith("thread.") ? { topic: THREAD, seq: 1, turn: null } : undefined;
  };
  const one = live();
  one.command("thread.prompt", prompt("never taken")).catch(() => {});
  network.flush();
  expect(states(one.outbox.entries)).toEqual(["delayed"]);
  const answer = one.command("thread.answer", { thread: "one", permission: "r1", option: "yes" });
  const cancel = one.command("thread.cancel", { thread: "one" });
  const rename = one.command("thread.rename", { thread: "one", title: "x" });
  network.flush();
  await answer;
  // A stop that comes late must not stop what was asked for after it.
  expect(one.outbox.discard(one.outbox.entries[0]?.key ?? "")).toBe(true);
  network.flush();
  expect(order).toEqual(["thread.answer"]);
  pass(2000);
  await Promise.all([cancel, rename]);
  expect(order).toEqual(["thread.answer", "thread.cancel", "thread.rename"]);
});

test("after a loss, what was under way is sent again in the order given, also where it waits for nothing", async () => {
  const { server, network, live, pass } = world();
  fillThread(server, 0);
  const one = live();
  const [prompted, stopped] = [
    one.command("thread.prompt", prompt("a")),
    one.command("thread.cancel", { thread: "one" }),
  ];
  stopped.catch(() => {});
  expect(states(one.outbox.entries)).toEqual(["sent", "sent"]);
  network.last.cut();
  pass(1000);
  await prompted;
  const sent = server.requests.map(({ method }) => method).filter((method) => method.startsWith("thread."));
  expect(sent.slice(-2)).toEqual(["thread.prompt", "thread.cancel"]);
});
