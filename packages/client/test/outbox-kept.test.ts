import { expect, test } from "bun:test";
import { memoryStorage, type OutboxStorage } from "../src/connection/outbox-storage.ts";
import type { Settled } from "../src/connection/outbox.ts";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, settled, world } from "./support/setup.ts";

/** What a storage keeps for a page that comes later, or beside it. */

const DAY_MS = 86_400_000;
const prompt = (text: string) => ({ thread: "one", text });
const fault = (answer: Promise<unknown>) => answer.catch((error: unknown) => error);
const prompts = ({ server }: ReturnType<typeof world>) =>
  server.requests.filter(({ method }) => method === "thread.prompt").map(({ params }) => params["text"]);

/** A storage with a prompt given so many milliseconds ago. */
function holding(all: ReturnType<typeof world>, ageMs: number): OutboxStorage {
  const storage = memoryStorage();
  const at = all.clock.now() - ageMs;
  storage.save({ key: "k".repeat(32), method: "thread.prompt", params: prompt("old"), at });
  return storage;
}

test("G3, P61: what was given before the server's memory of answers begins is not sent: it fails, with its text", async () => {
  for (const { answersMs, ageMs, sent } of [
    { answersMs: 30 * DAY_MS, ageMs: 40 * DAY_MS, sent: false },
    { answersMs: 30 * DAY_MS, ageMs: 29 * DAY_MS, sent: true },
    { answersMs: 60_000, ageMs: 60_001, sent: false },
    { answersMs: 60_000, ageMs: 59_000, sent: true },
  ]) {
    const all = world();
    fillThread(all.server, 0);
    all.server.limits.answersMs = answersMs;
    const storage = holding(all, ageMs);
    const one = all.client({ storage });
    const told: Settled[] = [];
    one.outbox.onSettled((each) => told.push(each));
    one.connect();
    all.network.flush();
    await settled();
    expect(prompts(all)).toEqual(sent ? ["old"] : []);
    expect(one.outbox.entries).toEqual([]);
    expect(storage.load()).toEqual([]);
    if (sent) continue;
    expect(told).toEqual([
      {
        entry: expect.objectContaining({ params: prompt("old") }),
        error: expect.objectContaining({ kind: "conflict", retry: "never", detail: { status: "too old" } }),
      },
    ]);
  }
});

test("G3: a command whose answer was lost is not repeated once the server may have forgotten it", async () => {
  const all = world();
  const { server, network, clock, live, pass } = all;
  fillThread(server, 0);
  server.limits.answersMs = 3_600_000;
  const one = live();
  const answer = fault(one.command("thread.prompt", prompt("once")));
  network.last.deliverUp();
  network.down = true;
  network.last.cut();
  clock.advance(3_600_001, () => network.flush());
  server.answers.clear();
  network.down = false;
  pass(60_000);
  expect(await answer).toMatchObject({ kind: "conflict", detail: { status: "too old" } });
  expect(prompts(all)).toEqual(["once"]);
});

test("G3: one that the server wanted later is not repeated after its time either; what waits for it goes on", async () => {
  const all = world();
  const { server, network, live, pass } = all;
  fillThread(server, 0);
  server.limits.answersMs = 10_000;
  server.intercept = ({ params }) => {
    if (params["text"] === "a") throw new SkeinError("busy", "not now", { retryAfterMs: 10_001 });
    return undefined;
  };
  const one = live();
  const first = fault(one.command("thread.prompt", prompt("a")));
  network.flush();
  pass(5_000);
  const second = one.command("thread.prompt", prompt("b"));
  pass(6_000);
  expect(await first).toMatchObject({ kind: "conflict", detail: { status: "too old" } });
  expect(await second).toMatchObject({ turn: "u0" });
  expect(prompts(all)).toEqual(["a", "b"]);
});

test("what one page takes back, another that loaded it does not send; before the greeting, after a loss, or after a delay", async () => {
  for (const when of ["before the greeting", "after a loss", "after a delay"] as const) {
    const all = world();
    const { server, network, client, pass } = all;
    fillThread(server, 0);
    const storage = memoryStorage();
    const giver = client({ storage });
    const given = fault(giver.command("thread.prompt", prompt("taken back")));
    const other = client({ storage });
    const told: Settled[] = [];
    other.outbox.onSettled((each) => told.push(each));
    expect(other.outbox.entries).toHaveLength(1);
    if (when === "after a delay") {
      server.intercept = ({ method }) => {
        if (method === "thread.prompt") throw new SkeinError("busy", "not now", { retryAfterMs: 1000 });
        return undefined;
      };
      other.connect();
      network.flush();
      expect(other.outbox.entries.map(({ state }) => state)).toEqual(["delayed"]);
    } else if (when === "after a loss") {
      other.connect();
      network.last.open();
      network.last.deliverUp();
      network.last.deliverDown();
      expect(other.outbox.entries.map(({ state }) => state)).toEqual(["sent"]);
      network.last.cut();
    }
    const before = prompts(all).length;
    giver.outbox.discardAll();
    expect(await given).toMatchObject({ kind: "conflict", detail: { status: "discarded" } });
    other.connect();
    pass(60_000);
    await settled();
    expect(prompts(all)).toHaveLength(before);
    expect(other.outbox.entries).toEqual([]);
    expect(storage.load()).toEqual([]);
    expect(told.map((each) => "error" in each && each.error)).toEqual([
      expect.objectContaining({ kind: "conflict", retry: "never", detail: { status: "elsewhere" } }),
    ]);
  }
});

test("what one page has had answered, another that holds it too drops without a repeat", async () => {
  const all = world();
  const { server, network, client } = all;
  fillThread(server, 0);
  const storage = memoryStorage();
  const giver = client({ storage });
  const given = fault(giver.command("thread.prompt", prompt("once")));
  const other = client({ storage });
  other.connect();
  network.flush();
  expect(prompts(all)).toEqual(["once"]);
  giver.connect();
  network.flush();
  expect(await given).toMatchObject({ kind: "conflict", detail: { status: "elsewhere" } });
  expect(prompts(all)).toEqual(["once"]);
  expect(giver.outbox.entries).toEqual([]);
});

test("what could not be stored is sent all the same, and so is what the storage cannot be asked about", async () => {
  const all = world();
  const { server, network, client, errors } = all;
  fillThread(server, 0);
  const refuses = (): never => {
    throw new Error("SecurityError");
  };
  for (const storage of [
    { ...memoryStorage(), save: refuses },
    { ...memoryStorage(), has: refuses },
  ]) {
    const one = client({ storage });
    const answer = one.command("thread.prompt", prompt("a"));
    one.connect();
    network.flush();
    expect(await answer).toMatchObject({ topic: "thread:one" });
    expect(errors.length).toBeGreaterThan(0);
    errors.length = 0;
  }
});
