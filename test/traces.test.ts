import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SkeinClient, type SkeinError } from "@skein/client";
import { threadTopic } from "@skein/client/protocol";
import { startProxy } from "../packages/client/test/support/proxy.ts";
import { runSkein } from "./support/run-skein.ts";
import { seeded } from "./support/seeded-agent.ts";
import { ServerProcess } from "./support/server-process.ts";
import { traceAgent, TracePlayer } from "./support/trace-agent.ts";

type Update = Record<string, unknown> & { sessionUpdate: string };
type Item = { kind: string; id: string; pos: number } & Record<string, unknown>;

const TRACES = join(import.meta.dir, "..", "..", "shared", "traces");
const names = existsSync(TRACES) ? readdirSync(TRACES).filter((name) => name.endsWith(".ndjson")) : [];
if (names.length === 0) console.warn("SKIPPED: the recorded traces (../shared/traces) are not there.");

/** The recordings that are of ACP; the rest are another program's own format. */
const speaksAcp = (name: string): boolean => readFileSync(join(TRACES, name), "utf8").includes('"session/prompt"');

const SEED = Number(process.env["SKEIN_TRACES_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const servers: ServerProcess[] = [];
afterAll(async () => {
  for (const server of servers) await server.dispose();
});

/** What the agent tells, in order; a permission request tells of its tool call as an update does, often first. */
function toldBy(text: string, prompts: number): Update[] {
  const player = new TracePlayer(text);
  return ["initialize", "session/new", ...Array.from({ length: prompts }, () => "session/prompt")]
    .flatMap((method) => [...player.play(method, 0, {})])
    .flatMap((sent) => ("send" in sent ? [sent.send] : []))
    .flatMap(({ method, params }): Update[] => {
      const { update, toolCall } = (params ?? {}) as { update?: Update; toolCall?: Record<string, unknown> };
      if (method === "session/update" && update) return [update];
      return method === "session/request_permission" ? [{ sessionUpdate: "tool_call_update", ...toolCall }] : [];
    });
}

/** The words of a trace in order, by who speaks; tool calls by name where they are first told of. */
function expectedRuns(updates: readonly Update[]): string[] {
  const runs: { who: string; text: string }[] = [];
  const [known, ended] = [new Set<unknown>(), new Set<unknown>()];
  for (const update of updates) {
    const who = { agent_message_chunk: "assistant", agent_thought_chunk: "thought" }[update.sessionUpdate];
    const text = (update["content"] as { text?: string } | undefined)?.text;
    if (who !== undefined && typeof text === "string") add(runs, who, text);
    if (!update.sessionUpdate.startsWith("tool_call")) continue;
    const id = update["toolCallId"];
    // The example agent counts its calls anew in each turn.
    if (update.sessionUpdate === "tool_call" && ended.has(id)) known.delete(id);
    if (!known.has(id)) add(runs, "tool", `${String(id)}\n`);
    known.add(id);
    if (isEnd(update["status"])) ended.add(id);
  }
  return runs.filter(({ text }) => text !== "").map(({ who, text }) => `${who}: ${text}`);
}

function actualRuns(items: readonly Item[]): string[] {
  const runs: { who: string; text: string }[] = [];
  for (const item of items) {
    if (item.kind === "message" && item["role"] !== "user") add(runs, item["role"] as string, item["text"] as string);
    if (item.kind === "tool") add(runs, "tool", `${String(item["toolCallId"])}\n`);
  }
  return runs.filter(({ text }) => text !== "").map(({ who, text }) => `${who}: ${text}`);
}

function add(runs: { who: string; text: string }[], who: string, text: string): void {
  const last = runs.at(-1);
  if (last?.who === who) last.text += text;
  else runs.push({ who, text });
}

const isEnd = (status: unknown): boolean => status === "completed" || status === "failed";

/** Each tool call as its patches leave it; the last one of those that share an id. */
function expectedTools(updates: readonly Update[]): Map<string, Record<string, unknown>> {
  const tools = new Map<string, Record<string, unknown>>();
  for (const { sessionUpdate, ...patch } of updates) {
    if (!sessionUpdate.startsWith("tool_call")) continue;
    const id = patch["toolCallId"] as string;
    const given = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
    const begins = sessionUpdate === "tool_call" && isEnd(tools.get(id)?.["status"]);
    tools.set(id, { ...(begins ? {} : tools.get(id)), ...Object.fromEntries(given) });
  }
  return tools;
}

type Content = { path?: string; newText?: string; content?: { text?: string }; block?: { text?: string } };

const textsOf = (content: unknown): string =>
  ((content ?? []) as Content[])
    .map(({ path, newText, content: given, block }) => `${path ?? ""}${newText ?? (given ?? block)?.text ?? ""}`)
    .join("\n");

describe.each(names.filter(speaksAcp))("%s", (name) => {
  test("G4, G8, P53, P54: the exported thread is what the agent said; two clients with drops end in the same state", async () => {
    const text = readFileSync(join(TRACES, name), "utf8");
    const { prompts } = new TracePlayer(text);
    const updates = toldBy(text, prompts);
    const random = seeded(SEED);
    const server = await ServerProcess.start();
    servers.push(server);
    const proxy = await startProxy(Number(new URL(server.url).port));
    const make = (url: string): SkeinClient => {
      const client = new SkeinClient({ url, token: server.token });
      client.connect();
      return client;
    };
    const steerer = make(server.url);
    const { thread } = await steerer.command("thread.create", {
      exec: traceAgent(join(TRACES, name)),
      cwd: server.data,
    });
    const topic = threadTopic(thread);
    const dropped = [make(`http://127.0.0.1:${proxy.port}`), make(`http://127.0.0.1:${proxy.port}`)];
    const watch = steerer.watch(topic, { window: 1000 });
    const others = dropped.map((client) => client.watch(topic, { window: 1000 }));
    await Promise.all([watch, ...others].map(async (each) => each.ready()));
    // Who follows the end lets go of what is far above it; these keep all they have seen.
    for (const each of [watch, ...others]) each.readBack();
    let seen = 0;
    watch.onChange(() => {
      if (++seen % 25 === 0 && random() < 0.5) {
        proxy.cut();
        for (const client of dropped) client.retryNow();
      }
    });
    const asked = new Set<string>();
    watch.onChange(() => {
      for (const [id, permission] of watch.replica.all("permission")) {
        if (permission["status"] !== "pending" || asked.has(id)) continue;
        asked.add(id);
        const { optionId } = (permission["options"] as { optionId: string }[])[0]!;
        steerer.command("thread.answer", { thread, permission: id, option: optionId }).catch((error: unknown) => {
          // Some recorded agents go on before they have their answer: the request is withdrawn by then.
          if ((error as SkeinError).kind !== "conflict") throw error;
        });
      }
    });
    for (let index = 0; index < prompts; index++) {
      const { turn } = await steerer.command("thread.prompt", { thread, text: `prompt ${index}` });
      await changed(watch, () =>
        ["done", "cancelled", "failed"].includes(String(watch.replica.get("turn", turn)?.["status"])),
      );
    }
    // What the agent says after a prompt's answer is still to come: it is all here when the last word is.
    const expected = expectedRuns(updates);
    const words = (): string[] =>
      actualRuns(watch.replica.timeline().map(({ kind, id, pos, value }) => ({ ...value, kind, id, pos })));
    await changed(watch, () => words().at(-1) === expected.at(-1));
    const { replica } = watch;
    for (const other of others) await changed(other, () => other.replica.seq >= replica.seq);
    for (const each of [watch, ...others]) while (each.replica.hasOlder) await each.loadOlder();

    const exported = await runSkein(["export", thread, "--format", "json"], server);
    expect(exported.stderr).toBe("");
    const { items, epoch, seq } = JSON.parse(exported.stdout) as { items: Item[]; epoch: string; seq: number };
    expect({ epoch, seq }).toEqual({ epoch: replica.epoch!, seq: replica.seq });
    expect(actualRuns(items)).toEqual(expected);
    expect(items.map((item) => item.pos)).toEqual(items.map((item) => item.pos).toSorted((a, b) => a - b));

    const tools = new Map(items.filter((item) => item.kind === "tool").map((item) => [item["toolCallId"], item]));
    for (const [id, should] of expectedTools(updates)) {
      const is = tools.get(id)!;
      if (should["title"]) expect(is["title"]).toBe(should["title"]);
      if (should["kind"]) expect(is["toolKind"]).toBe(should["kind"]);
      if (isEnd(should["status"])) expect(is["status"]).toBe(should["status"]);
      else expect(is["status"]).toBeOneOf(["interrupted", "completed", "failed"]);
      if (should["content"] && !JSON.stringify(should).includes("terminal")) {
        expect(textsOf(is["content"])).toBe(textsOf(should["content"]));
      }
    }
    const plans = updates.filter((update) => update.sessionUpdate === "plan");
    if (plans.length > 0) {
      const last = items.findLast((item) => item.kind === "plan")!;
      const entries = plans.at(-1)!["entries"] as { content: string; status: string }[];
      expect(last["entries"]).toEqual(
        entries.map((entry) => expect.objectContaining({ content: entry.content, status: entry.status })),
      );
    }
    const permissions = items.filter((item) => item.kind === "permission");
    expect(permissions.filter((item) => item["status"] === "pending")).toEqual([]);
    expect(permissions.filter((item) => item["status"] === "answered").length).toBeGreaterThanOrEqual(
      asked.size > 0 ? 1 : 0,
    );
    for (const other of others) expect(other.replica.dump()).toEqual(replica.dump());
    console.log(
      `${name}: ${prompts} prompts, ${updates.length} updates, ${items.length} items, ${asked.size} permissions, SKEIN_TRACES_SEED=${SEED}`,
    );
    await Promise.all([steerer, ...dropped].map(async (client) => client.close()));
    await proxy.close();
    await server.dispose();
  }, 60_000);
});

describe.each(names.filter((name) => !speaksAcp(name)))("%s", (name) => {
  test("is no ACP: the turn fails and says so, and the thread stays usable", async () => {
    const server = await ServerProcess.start();
    servers.push(server);
    const lines = readFileSync(join(TRACES, name), "utf8").split("\n").filter(Boolean);
    const said = lines
      .map((line) => JSON.parse(line) as { dir: string; msg: unknown })
      .filter(({ dir }) => dir === "a2c");
    const script = join(server.data, "other.sh");
    await Bun.write(script, `cat <<'EOF'\n${said.map(({ msg }) => JSON.stringify(msg)).join("\n")}\nEOF\n`);
    const ran = await runSkein(["run", "--exec", `sh ${script}`, "hello"], server);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain("It printed what is not JSON-RPC");
    await server.dispose();
  });
});

/** Resolves when something holds of what is watched, looked at after each change. */
async function changed(watch: { onChange(listener: () => void): () => void }, holds: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (!holds()) return;
      stop();
      resolve();
    };
    const stop = watch.onChange(check);
    queueMicrotask(check);
  });
}
