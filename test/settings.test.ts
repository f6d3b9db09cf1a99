import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage, SkeinClient, type Settled } from "@skein/client";
import {
  threadTopic,
  type Commit,
  type MessageEntity,
  type NoticeEntity,
  type TerminalEntity,
  type ToolEntity,
} from "@skein/client/protocol";
import type { RunningServer } from "../packages/server/src/cli/context.ts";
import { startServer } from "../packages/server/src/server.ts";
import { RawSocket } from "./support/raw-socket.ts";
import { scriptedAgent, type Step } from "./support/scripted-agent.ts";

/** Every bound of a server can be set in its `settings.json`, and what is set is what it holds to. */

// Agents are started, on a machine that others use too.
setDefaultTimeout(60_000);

let data = "";
let server: RunningServer;
let client: SkeinClient;

async function serve(settings: Record<string, Record<string, number>>): Promise<void> {
  data = await realpath(await mkdtemp(join(tmpdir(), "skein-settings-")));
  await writeFile(join(data, "settings.json"), JSON.stringify(settings));
  server = await startServer({ host: "127.0.0.1", port: 0, data, durability: "normal", allowHosts: [] });
  client = new SkeinClient({ url: server.url, token: server.token });
  client.connect();
  await client.ready();
}

afterEach(async () => {
  await client.close();
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

/** Has an agent do something in a turn; gives the entities of each kind, in order, at its end. */
async function run(...steps: Step[]) {
  const { thread } = await client.command("thread.create", { exec: scriptedAgent(), cwd: data });
  await client.command("thread.prompt", { thread, text: JSON.stringify(steps) });
  const watch = client.watch(threadTopic(thread));
  await new Promise<void>((resolve) => {
    // A turn that has ended may be below the window; that its thread has an outcome is seen whatever the window.
    const look = (): void => void (watch.replica.get("thread", thread)?.["outcome"] !== undefined && resolve());
    watch.onChange(look);
    look();
  });
  const items = watch.replica.timeline();
  watch.release();
  const ofKind = (wanted: string): unknown[] => items.flatMap(({ kind, value }) => (kind === wanted ? [value] : []));
  const messages = ofKind("message") as MessageEntity[];
  return {
    thread,
    said: messages.flatMap(({ role, text }) => (role === "assistant" ? [text] : [])).join(""),
    tools: ofKind("tool") as ToolEntity[],
    terminals: ofKind("terminal") as TerminalEntity[],
    notices: ofKind("notice") as NoticeEntity[],
  };
}

const post = (path: string, body: unknown) =>
  fetch(server.url + path, { method: "POST", body: JSON.stringify(body), headers: { origin: server.url } });
const blob = async (name: unknown): Promise<string> =>
  (
    await fetch(`${server.url}/v1/blobs/${String(name)}`, { headers: { authorization: `Bearer ${server.token}` } })
  ).text();

test("threads.toolOutputUnits: what a tool call and a terminal keep in their entities", async () => {
  await serve({ threads: { toolOutputUnits: 1024 } });
  const text = "0123456789".repeat(200);
  const command = { command: "sh", args: ["-c", `printf ${text}; printf end`] };
  const { tools, terminals } = await run(
    {
      update: {
        sessionUpdate: "tool_call",
        toolCallId: "a",
        title: "T",
        status: "completed",
        content: [{ type: "content", content: { type: "text", text } }],
        rawInput: { text },
        rawOutput: { short: true },
      },
    },
    { ask: "terminal/create", params: command },
    { ask: "terminal/wait_for_exit", params: { terminalId: "$terminal" } },
  );
  const [tool] = tools;
  const [kept, rest] = (tool?.content ?? []) as { block?: { text: string }; blob?: string }[];
  expect(kept?.block?.text).toBe(text.slice(0, 1024));
  expect(await blob(rest?.blob)).toBe(text.slice(1024));
  expect(JSON.parse(await blob((tool?.input as { blob?: string } | undefined)?.blob))).toEqual({ text });
  expect(tool?.output).toEqual({ short: true });
  const { output = "", omitted } = terminals[0] ?? {};
  expect(output.length).toBeLessThanOrEqual(1024);
  expect(output).toEndWith("end");
  expect(omitted).toBe(text.length + 3 - output.length);
});

test("agents.lineBytes: what an agent writes in a line, and reads of a file in one", async () => {
  await serve({ agents: { lineBytes: 65_536 } });
  const lastLine = "\nthe end";
  await writeFile(join(data, "fits.txt"), lastLine.padStart(65_536, "x"));
  await writeFile(join(data, "large.txt"), lastLine.padStart(65_537, "x"));
  const read = (name: string): Step => ({ ask: "fs/read_text_file", params: { path: join(data, name), line: 2 } });
  const { notices, said } = await run({ huge: 65_537 }, read("large.txt"), read("fits.txt"));
  expect(notices).toMatchObject([{ text: "The agent sent a line of 65537 bytes, which is over the bound." }]);
  expect(said).toContain("large.txt has 65537 bytes, more than the 65536 that can be read.");
  expect(said).toEndWith('{"content":"the end"}');
});

test("agents.idleMs: when an agent that has nothing to do is ended", async () => {
  await serve({ agents: { idleMs: 100 } });
  const pid = Number((await run({ tell: "pid" })).said);
  const runs = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (runs()) await Bun.sleep(10);
});

test("P83: pairing.codeMs and pairing.wrongCodes: how long a code holds, and how many wrong ones an address may try", async () => {
  await serve({ pairing: { codeMs: 10_000, wrongCodes: 2 } });
  const before = Date.now();
  const { code, expiresAt } = await client.query("token.pair");
  expect(expiresAt).toBeGreaterThanOrEqual(before + 10_000);
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 10_000);
  const tries = [];
  for (const wrong of ["WRONG-00001", "WRONG-00002", code])
    tries.push((await post("/v1/pair", { code: wrong })).status);
  expect(tries).toEqual([401, 401, 429]);
});

test("P90: limits: what a client may send, and is sent", async () => {
  const limits = {
    frameBytes: 4000,
    promptBytes: 2000,
    subscriptions: 2,
    window: 3,
    historyPage: 2,
    attachmentBytes: 99,
  };
  await serve({ limits });
  const steps = Array.from({ length: 6 }, (_, index): Step[] => [{ thought: "hm" }, { text: `${index}` }]).flat();
  const { thread } = await run(...steps);
  const topic = threadTopic(thread);
  const { token } = server;
  const socket = await RawSocket.open(server.url);
  const hello = await socket.request("hello", { protocol: 1, client: { name: "raw", version: "0" }, token });
  expect(hello.result?.["limits"]).toMatchObject(limits);
  const fault = async (method: string, params: unknown) => (await socket.request(method, params)).error?.data?.kind;
  expect(await fault("subscribe", { topic })).toBeUndefined();
  const { changes } = (await socket.until(({ method }) => method === "commit")).params as unknown as Commit;
  expect(changes.filter((change) => change.op === "put" && change.value["pos"] !== undefined)).toHaveLength(3);
  const { result } = await socket.request("history", { topic, before: 10 });
  expect(result?.["items"]).toHaveLength(2);
  expect(await fault("thread.prompt", { key: "key-0001", thread, text: "x".repeat(2001) })).toBe("too_large");
  expect(await fault("subscribe", { topic: "server" })).toBeUndefined();
  expect(await fault("subscribe", { topic: "board:personal" })).toBe("too_large");
  const headers = { authorization: `Bearer ${token}` };
  const put = await fetch(`${server.url}/v1/blobs`, { method: "PUT", body: "x".repeat(100), headers });
  expect(put.status).toBe(413);
  socket.send({ jsonrpc: "2.0", id: 99, method: "echo", params: { value: "x".repeat(4000) } });
  expect((await socket.untilClosed()).code).toBe(4413);
});

test("P61, P90: keep.answersDays: clients are told for how long, and send nothing older", async () => {
  await serve({ keep: { answersDays: 2 } });
  const { answersMs } = (await client.ready()).limits;
  expect(answersMs).toBe(2 * 24 * 3_600_000);
  const { thread } = await client.command("thread.create", { agent: "demo", cwd: data });
  const storage = memoryStorage();
  const params = { thread, title: "of long ago" };
  storage.save({ key: "key-of-long-ago", method: "thread.rename", params, at: Date.now() - answersMs - 1000 });
  const late = new SkeinClient({ url: server.url, token: server.token, storage });
  const told = new Promise<Settled>((resolve) => void late.outbox.onSettled(resolve));
  late.connect();
  expect(await told).toMatchObject({ error: { kind: "conflict", detail: { status: "too old" } } });
  await late.close();
  const { threads } = await client.query("threads.list");
  expect(threads.map(({ title }) => title)).not.toContain("of long ago");
});

test("P9: limits: how many requests", async () => {
  await serve({ limits: { requestsPerSecond: 1, requestBurst: 2 } });
  const socket = await RawSocket.greeted(server);
  const answers = await Promise.all(Array.from({ length: 10 }, () => socket.request("echo", {})));
  const faults = answers.map(({ error }) => error?.data?.kind);
  expect(faults.slice(0, 2)).toEqual([undefined, undefined]);
  expect(faults).toContain("rate_limited");
  socket.close();
});
