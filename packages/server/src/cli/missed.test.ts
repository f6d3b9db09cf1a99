import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { Replica } from "@skein/client/replica";
import { CODE_OF, DEFAULT_LIMITS, type Commit } from "@skein/client/protocol";
import type { Step } from "../../../../test/support/scripted-agent.ts";
import { startProxy, type Proxy } from "../../../client/test/support/proxy.ts";
import { exported } from "./exported.ts";
import { jsonLines, Place, scriptedInFile, type Program } from "./testing/skein.ts";

/** A client that was away for long is brought up by a snapshot, which begins above what the client had printed. */

// Whole programs are started, on a machine that others use too.
setDefaultTimeout(120_000);

let place: Place;
let proxy: Proxy | null = null;
beforeEach(async () => {
  place = await Place.make();
  // So that few items are more than a window, and a few KB more than is sent one by one.
  const limits = { window: 5, softMarkBytes: 4096, historyPage: 7, pingAfterMs: 1000, silentMs: 5000 };
  await Bun.write(join(place.data, "settings.json"), JSON.stringify({ limits }));
});
afterEach(async () => {
  await proxy?.close();
  proxy = null;
  await place.remove();
});

const part = (n: number, units: number): string => `part ${n} `.padEnd(units, "é");

/** Says numbered parts, each a message of its own. */
function says(from: number, to: number, units = 500): Step[] {
  return Array.from({ length: to - from }, (_, index) => from + index).flatMap((n): Step[] => [
    { text: part(n, units) },
    { update: { sessionUpdate: "tool_call", toolCallId: `c${n}`, title: `Call ${n}`, status: "completed" } },
  ]);
}

const said = (to: number, units = 500): string => Array.from({ length: to }, (_, n) => `${part(n, units)}\n`).join("");

const script = (...steps: Step[]): Promise<string[]> => scriptedInFile(join(place.root, "script.json"), ...steps);

/** What a program needs to reach a server through a connection that the test can shut. */
async function throughProxy(): Promise<{ gate: Proxy; env: Record<string, string> }> {
  const { url, token } = await place.serve();
  proxy = await startProxy(Number(new URL(url).port));
  return { gate: proxy, env: { SKEIN_URL: `http://127.0.0.1:${proxy.port}`, SKEIN_TOKEN: token } };
}

const tell = (file: string): Promise<number> => Bun.write(join(place.cwd, file), "");

/** Waits until the server has what an agent said, whoever is still to hear of it. */
async function untilStored(thread: string, text: string): Promise<void> {
  while (!JSON.stringify(await place.exportJson(thread)).includes(text));
}

const threadOf = async (run: Program): Promise<string> =>
  (await run.err.line((line) => line.startsWith("[thread]"))).split(/[ :]+/)[1] ?? "";

const shown = (program: Program, text: string): Promise<string> => program.out.line((line) => line.includes(text));

test("L5: run prints what came while its connection was away, in order and once, however much it was", async () => {
  const { gate, env } = await throughProxy();
  const steps = [...says(0, 3), { until: "go" }, ...says(3, 60), { until: "more" }, ...says(60, 70)];
  const run = place.start(["run", ...(await script(...steps))], env);
  const thread = await threadOf(run);
  await shown(run, "part 2 ");
  gate.shut();
  await tell("go");
  await untilStored(thread, "part 59 ");
  gate.open();
  await shown(run, "part 59 ");
  await tell("more");
  const { code, out, err } = await run.ended();
  expect({ code, out }).toEqual({ code: 0, out: said(70) });
  const calls = Array.from(err.matchAll(/Call (\d+): completed/g), ([, n]) => Number(n));
  expect(calls).toEqual(Array.from({ length: 70 }, (_, n) => n));
});

test("L5: so it is where the turn has ended meanwhile", async () => {
  const { gate, env } = await throughProxy();
  const run = place.start(["run", ...(await script(...says(0, 3), { until: "go" }, ...says(3, 60)))], env);
  const thread = await threadOf(run);
  await shown(run, "part 2 ");
  gate.shut();
  await tell("go");
  await untilStored(thread, "end_turn");
  gate.open();
  const { code, out } = await run.ended();
  expect({ code, out }).toEqual({ code: 0, out: said(60) });
});

test("L5: a message that was printed in part goes on where it was", async () => {
  const { gate, env } = await throughProxy();
  const begun = [{ text: "begun, " }, { text: "begun\n" }, { until: "go" }, { text: "and ended" }] as const;
  const call: Step = { update: { sessionUpdate: "tool_call", toolCallId: "c", title: "Call", status: "completed" } };
  const run = place.start(["run", ...(await script(...begun, call, ...says(0, 40)))], env);
  const thread = await threadOf(run);
  await shown(run, "begun, begun");
  gate.shut();
  await tell("go");
  await untilStored(thread, "end_turn");
  gate.open();
  const { code, out } = await run.ended();
  expect({ code, out }).toEqual({ code: 0, out: `begun, begun\nand ended\n${said(40)}` });
});

test("G2: --json prints one commit in place of those that were missed, with all that they brought", async () => {
  const { gate, env } = await throughProxy();
  const steps = [...says(0, 3), { until: "go" }, ...says(3, 60), { until: "more" }, ...says(60, 70)];
  const run = place.start(["run", "--json", ...(await script(...steps))], env);
  const { thread } = JSON.parse(await run.out.line()) as { thread: string };
  await shown(run, "part 2 ");
  gate.shut();
  await tell("go");
  await untilStored(thread, "part 59 ");
  gate.open();
  await shown(run, "part 59 ");
  await tell("more");
  const { code, out } = await run.ended();
  expect(code).toBe(0);
  const commits = jsonLines(out).slice(1, -1) as unknown as Commit[];
  const replica = new Replica(`thread:${thread}`);
  const items = new Map<string, unknown>();
  for (const commit of commits) {
    expect(replica.apply(commit)).toBe("applied");
    for (const item of exported(thread, replica).items) items.set(`${item.kind} ${item.id}`, item);
  }
  expect([...items.values()]).toEqual((await place.exportJson(thread)).items);
});

test("L5: send --wait prints its turn from its first item on, however late the watch begins", async () => {
  const { gate, env } = await throughProxy();
  const first = await script(...says(0, 3));
  expect((await place.skein(["run", ...first], { env })).code).toBe(0);
  const thread = await place.onlyThread();
  const send = place.start(["send", thread, "--wait", JSON.stringify([{ until: "go" }, ...says(3, 60)])], env);
  await untilStored(thread, "until");
  gate.shut();
  await tell("go");
  await untilStored(thread, "part 59 ");
  gate.open();
  const { code, out } = await send.ended();
  expect({ code, out }).toEqual({ code: 0, out: said(60).slice(said(3).length) });
});

test("L5: tail prints what came while it was away; with --after a position too old, the whole thread", async () => {
  const { gate, env } = await throughProxy();
  const run = place.start(["run", ...(await script(...says(0, 3), { until: "go" }, ...says(3, 60)))]);
  const thread = await threadOf(run);
  await shown(run, "part 2 ");
  const { seq } = await place.exportJson(thread);
  const tail = place.start(["tail", thread], env);
  await shown(tail, "part 2 ");
  gate.shut();
  await tell("go");
  expect((await run.ended()).out).toBe(said(60));
  gate.open();
  await shown(tail, "Call 59");
  const answers = (out: string): string => out.replaceAll(/^\[.*\n/gm, "");
  tail.process.kill("SIGINT");
  expect(answers((await tail.ended()).out)).toBe(said(60));
  const late = place.start(["tail", thread, "--after", String(seq)]);
  await shown(late, "Call 59");
  late.process.kill("SIGINT");
  expect(answers((await late.ended()).out)).toBe(said(60));
});

test("L5: run, stopped for long by a signal, prints the whole answer once it goes on", async () => {
  await place.serve();
  const units = 20_000;
  const run = place.start(["run", ...(await script(...says(0, 2, units), { until: "go" }, ...says(2, 300, units)))]);
  const thread = await threadOf(run);
  await shown(run, "part 1 ");
  run.process.kill("SIGSTOP");
  await tell("go");
  await untilStored(thread, "end_turn");
  run.process.kill("SIGCONT");
  const { code, out } = await run.ended();
  expect(code).toBe(0);
  expect(out === said(300, units)).toBe(true);
});

type Request = { id?: number; method: string; params?: Record<string, unknown> };

/** A server of one thread that answers `history` as told; each snapshot holds the newest of its numbered messages alone. */
function scriptedServer(history: (before: number, asked: number) => object) {
  let asked = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(null, { status: 404 })),
    websocket: {
      message(socket, text) {
        const messages = [JSON.parse(String(text)) as Request | Request[]].flat();
        const tell = (message: object): void => void socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
        for (const { id, method, params = {} } of messages) {
          if (method === "hello") tell({ id, result: GREETING });
          else if (method === "history") tell({ id, ...history(params["before"] as number, ++asked) });
          else if (method === "subscribe") {
            tell({ id, result: { epoch: "e", head: 9 } });
            for (const n of [1, 9]) tell({ method: "commit", params: snapshotOf(n) });
          } else tell({ id, result: {} });
        }
      },
    },
  });
  return { env: { SKEIN_URL: server.url.href, SKEIN_TOKEN: "t" }, stop: async () => server.stop(true) };
}

const GREETING = {
  connection: "c",
  user: { id: "local", name: "local", board: "personal" },
  server: { name: "skein", version: "0", epoch: "e" },
  limits: DEFAULT_LIMITS,
};

const message = (pos: number) => ({
  kind: "message",
  id: `m${pos}`,
  value: { pos, turn: "u0", role: "assistant", status: "complete", text: `message ${pos}` },
});

const snapshotOf = (pos: number): object => ({
  topic: "thread:one",
  epoch: "e",
  after: null,
  seq: pos,
  ts: 0,
  floor: pos,
  changes: [{ op: "put", ...message(pos) }],
});

const refused = (kind: "internal" | "too_large") => ({
  error: { code: CODE_OF[kind], message: "Not now.", data: { kind, retry: kind === "internal" ? "later" : "never" } },
});

test("L5: a page that the server cannot give now is asked for again", async () => {
  const page = (before: number): object => ({ epoch: "e", seq: 9, items: [message(before - 1)], before: before - 1 });
  const server = scriptedServer((before, asked) => (asked % 2 === 0 ? { result: page(before) } : refused("internal")));
  try {
    const tail = place.start(["tail", "one"], server.env);
    await shown(tail, "message 8");
    tail.process.kill("SIGINT");
    const { code, out, err } = await tail.ended();
    const lines = Array.from({ length: 9 }, (_, index) => `message ${index + 1}\n`);
    expect({ code, out, err }).toEqual({ code: 130, out: lines.join(""), err: "" });
  } finally {
    await server.stop();
  }
});

test("L5: what cannot be loaded is told, and the command fails", async () => {
  const server = scriptedServer(() => refused("too_large"));
  try {
    const tail = place.start(["tail", "one"], server.env);
    const told = await tail.err.line();
    expect(told).toStartWith("Part of the output is missing here and cannot be loaded: Not now.");
    tail.process.kill("SIGINT");
    expect(await tail.ended()).toMatchObject({ code: 1, out: "message 1\nmessage 9\n" });
  } finally {
    await server.stop();
  }
});
