import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "@skein/client/protocol";
import { scriptedAgent, type Step } from "../../../../../test/support/scripted-agent.ts";
import type { DriverEvent } from "../driver.ts";
import { askPermission, useScriptedAgents } from "../testing/scripted.ts";

const { prepare, open } = useScriptedAgents();

test("a prompt is streamed and ends with its stop reason; all lines are recorded as they came", async () => {
  const agent = await open();
  expect(await agent.prompt("hello")).toEqual({ type: "turn", prompt: 1, stopReason: "end_turn" });
  expect(agent.said).toEqual(["You said: hello"]);
  const { line } = agent.lines.find(({ direction, line }) => direction === "in" && line.includes("You said"))!;
  expect(JSON.parse(line)).toMatchObject({ method: "session/update", params: { sessionId: "scripted-session" } });
  expect(agent.lines.map(({ direction }) => direction)).toEqual(["out", "in", "out", "in", "out", "in", "in"]);
});

test("the turn tells the usage; one that ends without a reason, or is refused, is an error", async () => {
  const agent = await open();
  expect(await agent.prompt([{ answer: { stopReason: "max_tokens", usage: { totalTokens: 7 } } }])).toMatchObject({
    stopReason: "max_tokens",
    usage: { totalTokens: 7 },
  });
  expect(await agent.prompt([{ answer: {} }])).toMatchObject({
    error: { message: "The agent ended its turn without saying why." },
  });
  expect(
    await agent.prompt([{ fail: { code: -32603, message: "Internal error", data: { details: "quota" } } }]),
  ).toMatchObject({
    error: { message: "Internal error: quota", detail: { code: -32603 } },
  });
  expect(await agent.prompt([{ fail: { code: -32000, message: "Expired" } }])).toMatchObject({
    error: { message: expect.stringContaining("needs a login") },
  });
});

test("unknown updates, content blocks and members pass through untouched", async () => {
  const agent = await open();
  const updates: Record<string, Json>[] = [
    { sessionUpdate: "from_the_future", payload: { deep: [1, null] } },
    { sessionUpdate: "agent_message_chunk", content: { type: "hologram", data: "x" }, messageId: "m", _meta: { a: 1 } },
    { sessionUpdate: "tool_call_update", toolCallId: "t", status: "in_limbo", content: [{ type: "smell" }], own: true },
  ];
  await agent.prompt(updates.map((update) => ({ update })));
  expect(agent.all("update").map(({ update }) => update) as unknown[]).toEqual(updates);
});

test("G8: the order is the agent's, across text, tools, permissions, terminals and the turn's end", async () => {
  const agent = await open();
  const number = agent.send([
    { text: "1" },
    { update: { sessionUpdate: "tool_call", toolCallId: "t1" } },
    askPermission,
    { text: "2" },
    { ask: "terminal/create", params: { command: "echo", args: ["x"] } },
    { ask: "terminal/wait_for_exit", params: { terminalId: "$terminal" } },
    { thought: "3" },
  ]);
  const { request } = await agent.event("permission");
  agent.session.answerPermission(request, "yes");
  await agent.event("turn", ({ prompt }) => prompt === number);
  const kinds = agent.events.map((event) => {
    if (event.type === "update") return event.update.sessionUpdate.replace("agent_", "").replace("_chunk", "");
    return event.type === "terminal" ? event.event : event.type;
  });
  // The command runs beside the agent: what is sure is that its end is told before the agent is told of it.
  expect(kinds.indexOf("output")).toBeLessThan(kinds.indexOf("exited"));
  expect(kinds.indexOf("exited")).toBeLessThan(kinds.lastIndexOf("message"));
  // Each `message` after an ask is what the agent says it was answered.
  expect(kinds.filter((kind) => kind !== "output" && kind !== "exited")).toEqual([
    "message",
    "tool_call",
    "permission",
    "message",
    "message",
    "started",
    "message",
    "message",
    "thought",
    "turn",
  ]);
});

test("facts: some updates arrive after the prompt's response, and are told", async () => {
  const agent = await open();
  await agent.prompt([{ text: "before" }, { answer: { stopReason: "end_turn" } }, { text: "after" }]);
  await agent.event("update", ({ update }) => JSON.stringify(update).includes("after"));
  expect(agent.events.map(({ type }) => type)).toEqual(["update", "turn", "update"]);
});

test("facts, opencode: updates may come before the conversation's id is known", async () => {
  const agent = await open({
    at: { "session/new": [{ update: { sessionUpdate: "usage_update", used: 1 }, session: "not-yet-told" }] },
  });
  expect(agent.all("update").map(({ update }) => update) as unknown[]).toEqual([
    { sessionUpdate: "usage_update", used: 1 },
  ]);
});

test("facts: one prompt at a time; a second is refused here, for agents lose, cancel or never answer it", async () => {
  const agent = await open();
  const number = agent.send([{ wait: "cancel" }]);
  expect(() => agent.session.prompt(99, [])).toThrow("still at work");
  agent.session.cancel();
  await agent.event("turn", ({ prompt }) => prompt === number);
  await agent.prompt("again");
  expect(agent.said).toEqual(["You said: again"]);
});

test("facts, qwen: an extension request without `_` is refused and told, once", async () => {
  const agent = await open();
  await agent.prompt([{ ask: "craft/doThing", params: { a: 1 } }, { ask: "craft/doThing" }, { ask: "_own/thing" }]);
  expect(agent.said.map((text) => (JSON.parse(text) as { error: { code: number } }).error.code)).toEqual([
    -32601, -32601, -32601,
  ]);
  expect(agent.all("notice")).toMatchObject([
    { level: "warning", text: 'The agent asked for "craft/doThing", which Skein does not know.', detail: { a: 1 } },
    { level: "info", text: 'The agent asked for "_own/thing", which Skein does not know.' },
  ]);
});

test("extension notifications are only recorded with `_`, and told without", async () => {
  const agent = await open();
  await agent.prompt([
    { send: "_auth/status_update", params: { kind: "x" } },
    { send: "other/thing", params: { b: 2 } },
  ]);
  expect(agent.all("notice")).toMatchObject([
    { level: "info", text: 'The agent sent "other/thing", which Skein does not know.', detail: { b: 2 } },
  ]);
  expect(agent.lines.some(({ line }) => line.includes("_auth/status_update"))).toBe(true);
});

test("updates of another conversation are told as that, every one, and are none of this one", async () => {
  const agent = await open();
  const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "foreign" } };
  await agent.prompt([
    { update, session: "other" },
    { update, session: "other" },
  ]);
  expect(agent.said).toEqual([]);
  expect(agent.all("foreign")).toEqual([
    { type: "foreign", session: "other", update },
    { type: "foreign", session: "other", update },
  ]);
});

test("garbage between messages is told and harms nothing", async () => {
  const agent = await open();
  await agent.prompt([
    { text: "a" },
    { raw: "not json\n[1]\n{}\n" },
    { raw: '{"jsonrpc":"2.0","id":77,"result":{}}\n' },
    { text: "b" },
  ]);
  expect(agent.said).toEqual(["a", "b"]);
  expect(agent.all("notice").map(({ text }) => text)).toEqual([
    "The agent sent a line that is not JSON.",
    "The agent sent a line that is not a JSON-RPC message.",
    "The agent sent a line that is not a JSON-RPC message.",
    "The agent sent an answer to a request that was never made.",
  ]);
});

test("an answer whose id is a text that looks like the prompt's number does not end the turn, and is told", async () => {
  const agent = await open();
  const answer = JSON.stringify({ jsonrpc: "2.0", id: "2", result: { stopReason: "refusal" } });
  expect(await agent.prompt([{ raw: `${answer}\n` }, { text: "went on" }])).toMatchObject({ stopReason: "end_turn" });
  expect(agent.said).toEqual(["went on"]);
  const text = 'The agent sent an answer under "2" to the request 2, which goes on waiting for its own.';
  expect(agent.all("notice")).toEqual([{ type: "notice", level: "warning", text, detail: answer }]);
});

test("a line of 100 MB is skipped with a notice", async () => {
  const agent = await open();
  await agent.prompt([
    { text: "a" },
    { huge: 100 * 1024 * 1024, start: '{"jsonrpc":"2.0","method":"session/update","params":{"' },
    { text: "b" },
  ]);
  expect(agent.said).toEqual(["a", "b"]);
  expect(agent.all("notice")).toMatchObject([
    { level: "warning", text: "The agent sent a line of 104857600 bytes, which is over the bound." },
  ]);
}, 30_000);

test("lines nested 100,000 deep: an update is skipped with a notice, an answer to the prompt fails it", async () => {
  const agent = await open();
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const update = `{"sessionUpdate":"tool_call","toolCallId":"t","title":"T","rawInput":${deep}}`;
  const text = "The agent sent a line nested deeper than 256 levels.";
  await agent.prompt([
    { raw: `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":${update}}}\n` },
    { text: "goes on" },
  ]);
  expect(agent.said).toEqual(["goes on"]);
  expect(agent.all("notice")).toMatchObject([{ level: "warning", text }]);
  const prompt = agent.lines.findLast(({ direction }) => direction === "out")?.line ?? "";
  const { id } = JSON.parse(prompt) as { id: number };
  const end = await agent.prompt([{ raw: `{"jsonrpc":"2.0","id":${id + 1},"result":${deep}}\n` }, { hang: true }]);
  expect(end).toMatchObject({ error: { message: expect.stringContaining("256 levels") } });
});

test("facts, qwen: one update of 563 KB", async () => {
  const agent = await open();
  const description = "é".repeat(280_000);
  await agent.prompt("warm");
  agent.session.prompt(99, [
    {
      type: "text",
      text: JSON.stringify([
        { update: { sessionUpdate: "available_commands_update", availableCommands: [{ name: "x", description }] } },
      ]),
    },
  ]);
  const { update } = await agent.event("update", ({ update }) => update.sessionUpdate === "available_commands_update");
  expect(update["availableCommands"]).toEqual([{ name: "x", description }]);
});

test("G5: reading from the agent waits while an event is being taken", async () => {
  const prepared = await prepare();
  const gate = Promise.withResolvers<void>();
  let taken = 0;
  const emit = (event: DriverEvent): void | Promise<void> => {
    if (event.type === "update") taken++;
    prepared.take(event);
    if (taken === 10 && event.type === "update") return gate.promise;
  };
  await prepared.start(scriptedAgent(), { emit });
  const number = prepared.send([{ text: "x".repeat(1000), times: 5000 }]);
  await prepared.event("update", () => taken === 10);
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
  expect(taken).toBe(10);
  gate.resolve();
  await prepared.event("turn", ({ prompt }) => prompt === number);
  expect(taken).toBe(5000);
});

test("modes and options are set, and told in order", async () => {
  const modes = {
    currentModeId: "ask",
    availableModes: [
      { id: "ask", name: "Ask" },
      { id: "code", name: "Code" },
    ],
  };
  const configOptions = [{ id: "model", currentValue: "b" }];
  const agent = await open({ session: { modes, configOptions } });
  await agent.session.setMode("code");
  await agent.session.setConfig("model", "b");
  await agent.session.setConfig("fast", true);
  expect(agent.all("update").map(({ update }) => update) as unknown[]).toEqual([
    { sessionUpdate: "current_mode_update", currentModeId: "code" },
    { sessionUpdate: "config_option_update", configOptions },
    { sessionUpdate: "config_option_update", configOptions },
  ]);
  const sent = agent.lines
    .filter(({ direction }) => direction === "out")
    .map(({ line }) => (JSON.parse(line) as { params: unknown }).params);
  const sessionId = "scripted-session";
  expect(sent.slice(2)).toEqual([
    { sessionId, modeId: "code" },
    { sessionId, configId: "model", value: "b" },
    { sessionId, configId: "fast", type: "boolean", value: true },
  ]);
});

test("modes and options the agent has not, or refuses", async () => {
  const none = await open();
  await expect(none.session.setMode("x")).rejects.toMatchObject({ kind: "unsupported" });
  await expect(none.session.setConfig("x", true)).rejects.toMatchObject({ kind: "unsupported" });
  const session = { modes: { currentModeId: "a", availableModes: [] }, configOptions: [] };
  const fail = (code: number): Step[] => [{ fail: { code, message: "no" } }];
  const agent = await open({
    session,
    at: { "session/set_mode": fail(-32602), "session/set_config_option": fail(-32601) },
  });
  await expect(agent.session.setMode("x")).rejects.toMatchObject({ kind: "agent", message: "The agent refused: no" });
  await expect(agent.session.setConfig("x", "y")).rejects.toMatchObject({ kind: "unsupported" });
});

test("files: read and written through the agent's requests, and read outside its directory", async () => {
  const agent = await open();
  const path = join(agent.cwd, "deep/er/file.txt");
  await agent.prompt([{ ask: "fs/write_text_file", params: { path, content: "one\ntwo\n" } }]);
  expect(agent.answer).toEqual({});
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  await agent.prompt([{ ask: "fs/read_text_file", params: { path, line: 2, limit: 1 } }]);
  expect(agent.answer).toEqual({ content: "two\n" });
  await agent.prompt([{ ask: "fs/read_text_file", params: { path: join(import.meta.dir, "driver.ts"), limit: 1 } }]);
  expect(agent.answer).toEqual({ content: expect.stringContaining("import") });
});

test.each(["once", "refused"] as const)("a write outside is asked about like any permission: %s", async (option) => {
  const agent = await open();
  const beside = await prepare();
  const path = join(beside.cwd, "plan.md");
  const params = { path, content: "the plan" };
  const turn = agent.prompt([{ ask: "fs/write_text_file", params }]);
  const { request, toolCall, options } = await agent.event("permission");
  expect(options.map(({ kind }) => kind)).toEqual(["allow_once", "allow_always", "reject_once"]);
  const content = [{ type: "diff", path, oldText: null, newText: "the plan" }];
  expect(toolCall).toMatchObject({ title: `Write ${path}`, kind: "edit", content, locations: [{ path }] });
  agent.session.answerPermission(request, option);
  await turn;
  const { toolCallId } = toolCall;
  const status = option === "once" ? "completed" : "failed";
  expect(agent.all("update").map(({ update }) => update)).toContainEqual(
    expect.objectContaining({ sessionUpdate: "tool_call_update", toolCallId, status }),
  );
  if (option === "once") {
    expect(agent.answer).toEqual({});
    expect(await readFile(path, "utf8")).toBe("the plan");
  } else {
    const error = { code: -32800, message: `Nobody allowed to write ${path}.`, data: { path } };
    expect(agent.answer).toEqual({ error });
    expect(await Bun.file(path).exists()).toBe(false);
  }
});

test("while a person is asked about a write the agent is heard on, and a cancel refuses it", async () => {
  const agent = await open();
  const beside = await prepare();
  const write = { ask: "fs/write_text_file", params: { path: join(beside.cwd, "x"), content: "" }, wait: false };
  const turn = agent.prompt([write, { text: "meanwhile" }, { wait: "cancel" }]);
  await agent.event("permission");
  await agent.event("update", ({ update }) => JSON.stringify(update).includes("meanwhile"));
  agent.session.cancel();
  await turn;
  await agent.event("withdrawn");
  await agent.event("update", ({ update }) => JSON.stringify(update).includes("Nobody allowed"));
});

test("agents.confine: neither files nor terminals are offered, and who asks all the same is told why", async () => {
  const agent = await open({}, { confine: true });
  await agent.prompt([{ tell: "capabilities" }]);
  expect(agent.answer).toMatchObject({ fs: { readTextFile: false, writeTextFile: false }, terminal: false });
  for (const ask of ["fs/read_text_file", "fs/write_text_file", "terminal/create"]) {
    await agent.prompt([{ ask, params: { path: join(agent.cwd, "x"), content: "", command: "true" } }]);
    expect(agent.answer).toMatchObject({ error: { message: expect.stringContaining("agents.confine") } });
  }
});

test("the agent has its environment and its directory", async () => {
  const agent = await open({}, { env: { SKEIN_TEST_VARIABLE: "given" } });
  await agent.prompt([{ tell: "env", name: "SKEIN_TEST_VARIABLE" }, { tell: "env", name: "HOME" }, { tell: "cwd" }]);
  expect(agent.said).toEqual(["given", process.env["HOME"] ?? "", agent.cwd]);
});

test("facts, gemini: it is not offered `fs`, however it is started", async () => {
  const agent = await open({}, scriptedAgent());
  await agent.prompt([{ tell: "capabilities" }]);
  expect(agent.answer).toMatchObject({ fs: { readTextFile: true, writeTextFile: true } });
  const { command, args } = scriptedAgent();
  const gemini = await prepare();
  await gemini.start({ command, args: [...args, "/opt/node_modules/.bin/gemini", "--acp"] });
  await gemini.prompt([{ tell: "capabilities" }]);
  expect(gemini.answer).toMatchObject({ fs: { readTextFile: false, writeTextFile: false }, terminal: true });
});
