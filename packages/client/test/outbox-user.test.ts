import { expect, test } from "bun:test";
import { memoryStorage, type OutboxStorage } from "../src/connection/outbox-storage.ts";
import type { Settled } from "../src/connection/outbox.ts";
import { SkeinError } from "../src/protocol/index.ts";
import { fillThread, settled, THREAD, world } from "./support/setup.ts";

const prompt = (text: string) => ({ thread: "one", text });
const fault = (answer: Promise<unknown>) => answer.catch((error: unknown) => error);
const prompts = ({ server }: ReturnType<typeof world>) =>
  server.requests.filter(({ method }) => method === "thread.prompt").map(({ params }) => params["text"]);

/** Its client is cut off and stays so until `goOn`. */
function cutOff(storage?: OutboxStorage) {
  const all = world();
  const { server, network, live, pass } = all;
  fillThread(server, 0);
  server.user = "ada";
  const one = live(storage ? { storage } : {});
  network.down = true;
  network.last.cut();
  const goOn = (user: string): void => {
    server.user = user;
    network.down = false;
    pass(60_000);
  };
  return { ...all, one, goOn };
}

test("G6: what one user gave is never sent as another: it rejects, and leaves the outbox and its storage", async () => {
  const storage = memoryStorage();
  const all = cutOff(storage);
  const told: Settled[] = [];
  all.one.outbox.onSettled((each) => told.push(each));
  const answers = ["a", "b"].map((text) => fault(all.one.command("thread.prompt", prompt(text))));
  expect(all.one.outbox.entries.map(({ user }) => user)).toEqual(["ada", "ada"]);
  all.goOn("eve");
  for (const answer of answers) expect(await answer).toMatchObject({ kind: "forbidden", retry: "never" });
  expect(told.map((each) => "error" in each && each.error.kind)).toEqual(["forbidden", "forbidden"]);
  expect(all.one.outbox.entries).toEqual([]);
  expect(storage.load()).toEqual([]);
  const own = all.one.command("thread.prompt", prompt("of eve"));
  all.network.flush();
  await own;
  expect(prompts(all)).toEqual(["of eve"]);
});

test("G6: what was sent, and what the server wanted later, is not sent again as another", async () => {
  const all = world();
  const { server, network, pass } = all;
  fillThread(server, 0);
  server.user = "ada";
  const one = all.live();
  server.intercept = ({ method }) => {
    if (method === "thread.rename") throw new SkeinError("busy", "not now", { retryAfterMs: 1_000_000 });
    return undefined;
  };
  const delayed = fault(one.command("thread.rename", { thread: "two", title: "x" }));
  network.flush();
  const sent = fault(one.command("thread.prompt", prompt("sent")));
  expect(one.outbox.entries.map(({ state }) => state)).toEqual(["delayed", "sent"]);
  network.last.cut();
  server.user = "eve";
  pass(60_000);
  for (const answer of [delayed, sent]) expect(await answer).toMatchObject({ kind: "forbidden" });
  pass(1_000_000);
  expect(prompts(all)).toEqual([]);
  expect(server.requests.filter(({ method }) => method === "thread.rename")).toHaveLength(1);
});

test("what the same user gave is sent when they come back, also by a client that was refused in between", async () => {
  const all = cutOff();
  const answer = all.one.command("thread.prompt", prompt("a"));
  all.server.token = "another";
  all.goOn("ada");
  expect(all.one.status.state).toBe("stopped");
  expect(all.one.outbox.entries).toHaveLength(1);
  const meanwhile = fault(all.one.command("thread.prompt", prompt("b")));
  all.server.token = undefined;
  all.one.connect();
  all.network.flush();
  await Promise.all([answer, meanwhile]);
  expect(prompts(all)).toEqual(["a", "b"]);
});

test("G6: what was given before any greeting is of the first who is greeted, and from then on of no one else", async () => {
  const storage = memoryStorage();
  const { server, network, client, pass } = world();
  fillThread(server, 0);
  server.user = "ada";
  const one = client({ storage });
  const answer = fault(one.command("thread.prompt", prompt("a")));
  expect(storage.load()).toEqual([expect.not.objectContaining({ user: expect.anything() })]);
  expect(one.outbox.entries).toEqual([expect.objectContaining({ user: null })]);
  one.connect();
  network.last.open();
  network.last.deliverUp();
  network.last.deliverDown();
  expect(one.status.state).toBe("live");
  expect(storage.load()).toEqual([expect.objectContaining({ user: "ada" })]);
  network.last.up.length = 0;
  network.last.cut();
  server.user = "eve";
  pass(60_000);
  expect(await answer).toMatchObject({ kind: "forbidden" });
  expect(storage.load()).toEqual([]);
});

test("G6: what another user's page has left in the storage is removed and never sent; one's own is sent", async () => {
  for (const user of ["ada", "eve"]) {
    const storage = memoryStorage();
    const { one } = cutOff(storage);
    one.command("thread.prompt", prompt("left behind")).catch(() => {});
    await one.close();
    const all = world();
    fillThread(all.server, 0);
    all.server.user = user;
    const two = all.client({ storage });
    const told: Settled[] = [];
    two.outbox.onSettled((each) => told.push(each));
    two.connect();
    all.network.flush();
    await settled();
    expect(prompts(all)).toEqual(user === "ada" ? ["left behind"] : []);
    expect(told.map((each) => ("error" in each ? each.error.kind : "done"))).toEqual([
      user === "ada" ? "done" : "forbidden",
    ]);
    expect(storage.load()).toEqual([]);
  }
});

test("an answered prompt whose effect is still on its way does not show to another user", () => {
  const { server, network, live, pass } = world();
  fillThread(server, 0);
  server.user = "ada";
  const one = live();
  one.watch(THREAD);
  network.flush();
  one.command("thread.prompt", prompt("a")).catch(() => {});
  network.last.deliverUp();
  const { down } = network.last;
  const answer = down.findIndex((frame) => JSON.stringify(frame).includes("result"));
  down.splice(0, down.length, ...down.slice(answer, answer + 1));
  network.last.deliverDown();
  expect(one.outbox.entries.map(({ state }) => state)).toEqual(["answered"]);
  const shown: unknown[] = [];
  one.onStatus(({ state }) => state === "live" && shown.push(...one.outbox.entries));
  server.user = "eve";
  network.last.cut();
  pass(60_000);
  expect(one.status.state).toBe("live");
  expect(shown).toEqual([]);
});

test("what was answered over HTTP before any greeting does not come back to the storage with the greeting", async () => {
  const storage = memoryStorage();
  const { network, client, pass, server } = world();
  fillThread(server, 0);
  server.user = "ada";
  const one = client({
    storage,
    fetch: (_, init) => Promise.resolve(new Response(server.rpc(init.body as string))),
  });
  one.watch(THREAD);
  network.down = true;
  one.connect();
  pass(125);
  await one.command("thread.prompt", prompt("a"));
  expect(one.outbox.entries).toEqual([expect.objectContaining({ state: "answered", user: null })]);
  network.down = false;
  pass(60_000);
  expect(one.status.state).toBe("live");
  expect(storage.load()).toEqual([]);
});

test("over HTTP, a command says whose it is", async () => {
  const { network, client, pass, server } = world();
  server.user = "ada";
  const said: (string | null)[] = [];
  const one = client({
    fetch: (_, init) => {
      said.push(new Headers(init.headers).get("skein-user"));
      return Promise.resolve(new Response(server.rpc(init.body as string)));
    },
  });
  network.down = true;
  one.connect();
  pass(125);
  await one.command("thread.create", { agent: "demo", cwd: "/" });
  network.down = false;
  pass(60_000);
  expect(one.status.state).toBe("live");
  network.down = true;
  network.last.cut();
  pass(60_000);
  await one.command("thread.create", { agent: "demo", cwd: "/" });
  expect(said).toEqual([null, "ada"]);
});

test("discardAll() takes out what is not answered, from the storage too", async () => {
  const storage = memoryStorage();
  const all = cutOff(storage);
  const answers = ["a", "b"].map((text) => fault(all.one.command("thread.prompt", prompt(text))));
  all.one.outbox.discardAll();
  for (const answer of answers) expect(await answer).toMatchObject({ kind: "conflict" });
  expect(all.one.outbox.entries).toEqual([]);
  expect(storage.load()).toEqual([]);
  all.goOn("ada");
  expect(prompts(all)).toEqual([]);
});
