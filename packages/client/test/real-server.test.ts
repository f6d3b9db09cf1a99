import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SkeinClient } from "../src/client.ts";
import type { Watch } from "../src/connection/watch.ts";
import type { Commit } from "../src/protocol/index.ts";
import { Replica, type Page } from "../src/replica/index.ts";
import { startProxy } from "./support/proxy.ts";

const root = join(import.meta.dir, "../../..");
let data = "";
let server: { url: string; token: string; port: number; stop: (signal: "SIGTERM" | "SIGKILL") => Promise<void> };

async function startServer(port = 0): Promise<typeof server> {
  const command = [
    process.execPath,
    "packages/server/src/main.ts",
    "serve",
    "--json",
    "--data",
    data,
    "--port",
    `${port}`,
  ];
  const child = Bun.spawn(command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The server ended before it was ready.");
    text += new TextDecoder().decode(value);
  }
  const { url, token } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { url: string; token: string };
  return {
    url,
    token,
    port: Number(new URL(url).port),
    async stop(signal) {
      child.kill(signal);
      await child.exited;
    },
  };
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "skein-client-"));
  server = await startServer();
}, 30_000);

afterAll(async () => {
  await server.stop("SIGTERM");
  await rm(data, { recursive: true, force: true });
});

/** Resolves once the condition holds; looks after each commit and each change of status. */
function until(watch: Watch, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      for (const stop of stops) stop();
      resolve();
    };
    const stops = [watch.onChange(look), watch.onStatus(look)];
    look();
  });
}

const done = (watch: Watch, turn: string) => (): boolean =>
  watch.status === "live" && watch.replica.get("turn", turn)?.["status"] === "done";

/** Resolves in a moment at which both are at the same position. */
async function level(a: Watch, b: Watch): Promise<void> {
  while (a.replica.seq !== b.replica.seq) {
    const [behind, ahead] = a.replica.seq < b.replica.seq ? [a, b] : [b, a];
    await until(behind, () => behind.replica.seq >= ahead.replica.seq);
  }
}

async function newThread(client: SkeinClient): Promise<{ thread: string; watch: Watch }> {
  const { thread } = await client.command("thread.create", { agent: "demo", cwd: data });
  const watch = client.watch(`thread:${thread}`);
  watch.onChange(() => {
    const pending = [...watch.replica.all("permission")].find(([, { status }]) => status === "pending");
    const options = pending?.[1]["options"] as { optionId: string; kind: string }[] | undefined;
    const option = options?.find(({ kind }) => kind === "allow_once")?.optionId;
    if (!pending || option === undefined || answered.has(`${thread} ${pending[0]}`)) return;
    answered.add(`${thread} ${pending[0]}`);
    client.command("thread.answer", { thread, permission: pending[0], option }).catch((error: unknown) => {
      // After the server was killed, the agent that asked is gone, and so is its question.
      console.warn(`The answer came late: ${String(error)}`);
    });
  });
  await watch.ready();
  return { thread, watch };
}
const answered = new Set<string>();

test("G2, G3 on the real server: cut again and again while an agent speaks, a client ends with what a new one is given", async () => {
  const proxy = await startProxy(server.port);
  const url = `http://127.0.0.1:${proxy.port}`;
  // Comes back at once, however often it was cut.
  const client = new SkeinClient({ url, token: server.token, random: () => 0 });
  const fresh = new SkeinClient({ url: server.url, token: server.token });
  try {
    client.connect();
    const { thread, watch } = await newThread(client);
    let cuts = 0;
    const stop = watch.onChange(({ changes }) => {
      if (changes.length === 0 || watch.replica.seq % 7 !== 0 || ++cuts > 8) return;
      proxy.cut();
    });
    const turns = ["one", "two", "three"].map((text) => client.command("thread.prompt", { thread, text }));
    const answers = await Promise.all(turns);
    for (const { turn } of answers) await until(watch, done(watch, turn));
    stop();
    fresh.connect();
    const truth = fresh.watch(`thread:${thread}`);
    await until(truth, () => truth.status === "live");
    await level(watch, truth);
    expect(cuts).toBeGreaterThan(2);
    expect(watch.replica.dump()).toEqual(truth.replica.dump());
    const prompts = watch.replica.timeline().filter(({ value }) => value["role"] === "user");
    expect(prompts.map(({ value }) => value["text"])).toEqual(["one", "two", "three"]);
  } finally {
    await client.close();
    await fresh.close();
    await proxy.close();
  }
}, 60_000);

test("G1, G2, G7 on the real server: killed in the midst of a turn and started anew, the client goes on where it was", async () => {
  const client = new SkeinClient({ url: server.url, token: server.token });
  const fresh = new SkeinClient({ url: server.url, token: server.token });
  try {
    client.connect();
    const { thread, watch } = await newThread(client);
    const { turn } = await client.command("thread.prompt", { thread, text: "kill me" });
    await until(watch, () => [...watch.replica.all("message").values()].some(({ role }) => role !== "user"));
    await server.stop("SIGKILL");
    const later = client.command("thread.rename", { thread, title: "after the crash" });
    server = await startServer(server.port);
    await later;
    await until(watch, () => watch.status === "live" && watch.replica.get("turn", turn)?.["status"] === "interrupted");
    await until(watch, () => watch.replica.get("thread", thread)?.["title"] === "after the crash");
    fresh.connect();
    const truth = fresh.watch(`thread:${thread}`);
    await until(truth, () => truth.status === "live");
    await level(watch, truth);
    expect(watch.replica.dump()).toEqual(truth.replica.dump());
    expect(watch.replica.timeline().filter(({ value }) => value["status"] === "streaming")).toEqual([]);
  } finally {
    await client.close();
    await fresh.close();
  }
}, 60_000);

test("on the real server: commands and queries over HTTP where no socket opens; a wrong token stops both ways", async () => {
  const noSocket = (): { send: () => void; close: () => void } => ({ send: () => {}, close: () => {} });
  const make = (token: string) =>
    new SkeinClient({
      url: server.url,
      token,
      random: () => 0,
      transport: (events) => {
        queueMicrotask(() => events.closed(1006, ""));
        return noSocket();
      },
    });
  const client = make(server.token);
  client.connect();
  expect(await client.query("echo", { value: 1 })).toEqual({ value: 1 });
  const { thread } = await client.command("thread.create", { agent: "demo", cwd: data });
  const { threads } = await client.query("threads.list");
  expect(threads.map((card) => card.thread)).toContain(thread);
  const missing = client.command("thread.rename", { thread: "nowhere", title: "x" });
  expect(await missing.catch((error: unknown) => error)).toMatchObject({ kind: "not_found" });
  await client.close();

  const stranger = make("skn_wrong");
  stranger.connect();
  expect(await stranger.query("echo").catch((error: unknown) => error)).toMatchObject({ kind: "unauthorized" });
  expect(stranger.status).toMatchObject({ state: "stopped", reason: { code: 4401 } });

  const knocking = new SkeinClient({ url: server.url, token: "skn_wrong" });
  knocking.connect();
  expect(await knocking.ready().catch((error: unknown) => error)).toMatchObject({ kind: "unauthorized" });
  await knocking.close();
}, 30_000);

test("the package as it is published works in plain Node with ws", async () => {
  // Whether its types are right is asked by the build; here it is only to be there.
  const build = ["-p", "packages/client/tsconfig.build.json"];
  await Bun.spawn([join(root, "node_modules/.bin/tsc"), ...build], { cwd: root, stdout: "ignore" }).exited;
  const client = new SkeinClient({ url: server.url, token: server.token });
  try {
    client.connect();
    const { thread, watch } = await newThread(client);
    const script = join(import.meta.dir, "support/node.process.mjs");
    const child = Bun.spawn(["node", script, server.url, server.token, thread, "hello from Node"], { cwd: root });
    const output = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    const theirs = JSON.parse(output) as { seq: number; timeline: unknown };
    await until(watch, () => watch.replica.seq >= theirs.seq);
    expect(theirs.timeline).toEqual(JSON.parse(JSON.stringify(watch.replica.timeline())));
  } finally {
    await client.close();
  }
}, 60_000);

test("turn(): waits for a turn's end over a restart, finds one that is older than the window, and one that is gone", async () => {
  const client = new SkeinClient({ url: server.url, token: server.token });
  try {
    client.connect();
    const { thread } = await client.command("thread.create", { agent: "demo", cwd: data });
    const first = await client.command("thread.prompt", { thread, text: "hello" });
    expect(await client.turn(thread, first.turn)).toMatchObject({ status: "done" });
    const ends = new AbortController();
    const slow = await client.command("thread.prompt", { thread, text: "ask" });
    const queued = await client.command("thread.prompt", { thread, text: "later" });
    const [end, stopped] = [client.turn(thread, slow.turn), client.turn(thread, queued.turn, ends.signal)];
    ends.abort(new Error("not any more"));
    await expect(stopped).rejects.toThrow("not any more");
    await server.stop("SIGKILL");
    server = await startServer(server.port);
    expect(await end).toMatchObject({ status: "interrupted" });
    await expect(client.turn(thread, "t1")).rejects.toMatchObject({ kind: "invalid" });
    await expect(client.turn("nothing", "u1")).rejects.toMatchObject({ kind: "not_found" });
    // A window of one item: the first turn's end is far above it.
    const other = new SkeinClient({ url: server.url, token: server.token });
    other.connect();
    const narrow = other.watch(`thread:${thread}`, { window: 1 });
    await narrow.ready();
    expect(narrow.replica.get("turn", first.turn)).toBeUndefined();
    expect(await other.turn(thread, first.turn)).toMatchObject({ status: "done" });
    await other.close();
  } finally {
    await client.close();
  }
}, 60_000);

test("P76, P45: all of a thread can be read over HTTP: its snapshot, and history from the floor down", async () => {
  const client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  const { thread } = await client.command("thread.create", { agent: "demo", cwd: data });
  for (const text of ["hello", "hello again"]) {
    const { turn } = await client.command("thread.prompt", { thread, text });
    await client.turn(thread, turn);
  }
  const watch = client.watch(`thread:${thread}`);
  await watch.ready();
  const ask = async (method: string, params: unknown) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { authorization: `Bearer ${server.token}` };
    return (await (await fetch(`${server.url}/v1/rpc`, { method: "POST", body, headers })).json()) as {
      result: unknown;
      error?: { data: { kind: string } };
    };
  };
  const copy = new Replica(`thread:${thread}`);
  copy.apply((await ask("snapshot", { topic: `thread:${thread}`, window: 1 })).result as Commit);
  expect(copy.timeline().length).toBeLessThan(watch.replica.timeline().length);
  for (let before: number | null = copy.floor; before !== null;) {
    const page = (await ask("history", { topic: `thread:${thread}`, before, limit: 1 })).result as Page;
    copy.addHistory(page);
    ({ before } = page);
  }
  expect(copy.dump()).toEqual(watch.replica.dump());
  expect(await ask("snapshot", { topic: "thread:nothing" })).toMatchObject({ error: { data: { kind: "not_found" } } });
  await client.close();
}, 30_000);

test("P81: blob() and putBlob(): the same bytes, their name, and what goes wrong", async () => {
  const client = new SkeinClient({ url: server.url, token: server.token });
  const name = await client.putBlob(new TextEncoder().encode("a,b"));
  expect(await client.putBlob(new Blob(["a,b"]))).toBe(name);
  expect(await (await client.blob(name)).text()).toBe("a,b");
  await expect(client.blob("0".repeat(64))).rejects.toMatchObject({ kind: "not_found" });
  await expect(client.blob("../token")).rejects.toMatchObject({ kind: "not_found" });
  await expect(client.putBlob(new Uint8Array(20 * 1024 * 1024 + 1))).rejects.toMatchObject({ kind: "too_large" });
  const stranger = new SkeinClient({ url: server.url, token: "wrong" });
  await expect(stranger.blob(name)).rejects.toMatchObject({ kind: "unauthorized" });
  const nobody = new SkeinClient({ url: "http://127.0.0.1:1", token: "x" });
  await expect(nobody.blob(name)).rejects.toMatchObject({ kind: "busy" });
  const proxy = new SkeinClient({
    url: server.url,
    fetch: () => Promise.resolve(new Response("<html>", { status: 502 })),
  });
  await expect(proxy.blob(name)).rejects.toMatchObject({ kind: "busy" });
}, 30_000);
