import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { WatchedAgent, type WatchOptions } from "../../packages/server/src/agents/testing/watched-agent.ts";
import { TracePlayer, traceAgent, updatesPlayed } from "./trace-agent.ts";

const folder = join(import.meta.dir, "../../../shared/traces");

function traces(): string[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith(".ndjson"));
    // Those of other drivers are no ACP.
    return files.filter((name) => readFileSync(join(folder, name), "utf8").includes('"method":"session/prompt"'));
  } catch {
    console.warn(`${folder} is not there: the recorded conversations are not played.`);
    return [];
  }
}

const names = traces();
const watched: WatchedAgent[] = [];
afterEach(async () => {
  for (const each of watched.splice(0)) await each.remove();
});

/** Opens a trace's agent and answers every permission with its first option. */
async function open(name: string, options: WatchOptions = {}): Promise<WatchedAgent> {
  const agent = await WatchedAgent.prepare();
  watched.push(agent);
  await agent.start(traceAgent(join(folder, name)), {
    emit(event) {
      agent.take(event);
      if (event.type === "permission")
        agent.session.answerPermission(event.request, event.options[0]?.optionId ?? null);
    },
    ...options,
  });
  return agent;
}

describe.each(names)("%s", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const { prompts } = new TracePlayer(text);

  test("G4, G8: all its updates come through the driver as they were recorded, in order", async () => {
    const agent = await open(name);
    for (let prompt = 1; prompt <= prompts; prompt++) {
      const turn = await agent.prompt(`prompt ${prompt}`);
      expect(turn).toHaveProperty("stopReason");
    }
    // The answer to one prompt too many comes after all that was late.
    expect(await agent.prompt("one too many")).toMatchObject({ error: { message: "The trace has no more prompts." } });
    const updates = agent.all("update").map(({ update }) => update);
    expect(updates as unknown[]).toEqual(updatesPlayed(text, prompts));
    expect(agent.all("notice")).toEqual([]);
    for (const { toolCall } of agent.all("permission")) expect(toolCall.toolCallId).toBeString();
  });

  test("it is loaded again: no word of the conversation is repeated", async () => {
    const agent = await open(name, { resume: "known" });
    if (!agent.session.opened.resumed) {
      expect(text).toContain('"loadSession":false');
      return;
    }
    await agent.prompt("go on");
    const opening = agent.events.slice(
      0,
      agent.events.findIndex(({ type }) => type === "turn"),
    );
    const kinds = opening.flatMap((event) => (event.type === "update" ? [event.update.sessionUpdate] : []));
    expect(kinds).not.toContain("user_message_chunk");
    expect(agent.lines.some(({ line }) => line.includes('"method":"session/load"'))).toBe(true);
  });
});

test.skipIf(!names.includes("opencode.ndjson"))(
  "facts, opencode: it writes files through the client, in the thread's own directory",
  async () => {
    const agent = await open("opencode.ndjson");
    for (let prompt = 1; prompt <= 3; prompt++) await agent.prompt(`prompt ${prompt}`);
    expect(await readFile(join(agent.cwd, "hello.txt"), "utf8")).toBe("hello world\nsecond line\n");
  },
);

test("every chunk of a trace is said once, whatever ran at the same time", () => {
  for (const name of names.filter((each) => !each.includes("-load"))) {
    const text = readFileSync(join(folder, name), "utf8");
    const recorded = text
      .split("\n")
      .filter((line) => line.includes('"dir":"a2c"') && line.includes('"session/update"'))
      .map((line) => (JSON.parse(line) as { msg: { params: { update: Record<string, unknown> } } }).msg.params.update);
    expect(updatesPlayed(text, new TracePlayer(text).prompts)).toEqual(recorded);
  }
});

const line = (dir: string, msg: unknown): string => JSON.stringify({ t: 0, dir, msg });
const update = (text: string, sessionId = "s1") => ({
  method: "session/update",
  params: { sessionId, update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } } },
});
const concurrent = [
  line("c2a", { id: 0, method: "initialize" }),
  line("a2c", {
    id: 0,
    result: { protocolVersion: 1, agentCapabilities: { sessionCapabilities: { resume: {}, close: {} } } },
  }),
  line("c2a", { id: 1, method: "session/new", params: { cwd: "/recorded" } }),
  line("a2c", { id: 1, result: { sessionId: "s1" } }),
  line("a2c", update("hello")),
  line("c2a", { id: 2, method: "session/prompt" }),
  line("a2c", update("a")),
  line("c2a", { id: 3, method: "session/prompt" }),
  line("a2c", update("b", "s2")),
  line("a2c", {
    id: 0,
    method: "fs/write_text_file",
    params: { sessionId: "s2", path: "/recorded/x", content: "/recorded" },
  }),
  line("a2c", { id: 3, result: { stopReason: "refusal" } }),
  line("c2a", { id: 0, result: {} }),
  line("a2c", { id: 2, result: { stopReason: "end_turn" } }),
  line("a2c", update("late")),
].join("\n");

test("prompts that ran at the same time are played one after the other", () => {
  const player = new TracePlayer(concurrent);
  const play = (method: string, id: number, params = {}) => [...player.play(method, id, params)];
  expect(play("initialize", 10)).toEqual([
    { send: { id: 10, result: { protocolVersion: 1, agentCapabilities: { sessionCapabilities: { close: {} } } } } },
  ]);
  expect(play("session/new", 11, { cwd: "/mine" })).toEqual([
    { send: { id: 11, result: { sessionId: "s1" } } },
    { send: update("hello") },
  ]);
  expect(play("session/prompt", 12)).toEqual([
    { send: update("a") },
    { send: update("b") },
    {
      send: { id: 0, method: "fs/write_text_file", params: { sessionId: "s1", path: "/mine/x", content: "/recorded" } },
    },
    { awaitAnswerTo: 0 },
    { send: { id: 12, result: { stopReason: "end_turn" } } },
    { send: update("late") },
  ]);
  expect(play("session/prompt", 13)).toEqual([{ send: { id: 13, result: { stopReason: "refusal" } } }]);
  expect(play("session/prompt", 14)).toMatchObject([{ send: { id: 14, error: { code: -32603 } } }]);
  expect(play("session/set_mode", 15)).toEqual([{ send: { id: 15, result: {} } }]);
});
