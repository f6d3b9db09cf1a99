import { afterEach, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "@skein/client/protocol";
import { scriptedAgent, type Script, type Step } from "../../../../../test/support/scripted-agent.ts";
import type { DriverEvent } from "../driver.ts";
import { isAlive, WatchedAgent, type WatchOptions } from "../testing/watched-agent.ts";

const watched: WatchedAgent[] = [];
afterEach(async () => {
  for (const each of watched.splice(0)) await each.remove();
});

async function open(script: Script = {}, options: WatchOptions = {}): Promise<WatchedAgent> {
  const agent = await WatchedAgent.open(scriptedAgent(script), options);
  watched.push(agent);
  return agent;
}

const QUICK = { inputMs: 50, termMs: 50 };
const options = [
  { optionId: "yes", name: "Yes", kind: "allow_once" },
  { optionId: "no", name: "No", kind: "reject_once" },
];
const askPermission: Step = {
  ask: "session/request_permission",
  params: { toolCall: { toolCallId: "t1", title: "Edit", extra: [1] }, options },
};
const askQuestion: Step = {
  ask: "elicitation/create",
  params: {
    mode: "form",
    message: "Which?",
    requestedSchema: { type: "object", properties: { name: { type: "string" } } },
  },
};

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
  // Each `message` after an ask is what the agent says it was answered.
  expect(kinds).toEqual([
    ...["message", "tool_call", "permission", "message", "message"],
    ...["started", "message", "output", "exited", "message", "thought", "turn"],
  ]);
});

test("facts: some updates arrive after the prompt's response, and are told", async () => {
  const agent = await open();
  await agent.prompt([{ text: "before" }, { answer: { stopReason: "end_turn" } }, { text: "after" }]);
  await agent.event("update", ({ update }) => JSON.stringify(update).includes("after"));
  expect(agent.events.map(({ type }) => type)).toEqual(["update", "turn", "update"]);
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

test("facts, gemini: a permission request may be the first mention of a tool call", async () => {
  const agent = await open();
  agent.send([askPermission]);
  const permission = await agent.event("permission");
  expect(permission).toMatchObject({ toolCall: { toolCallId: "t1", title: "Edit", extra: [1] }, options });
  agent.session.answerPermission(permission.request, null);
  await agent.event("turn");
  expect(agent.answer).toEqual({ outcome: { outcome: "cancelled" } });
});

test("a permission is answered once; unknown requests are ignored", async () => {
  const agent = await open();
  agent.send([askPermission]);
  const { request } = await agent.event("permission");
  agent.session.answerPermission("nobody", "yes");
  agent.session.answerQuestion(request, { action: "accept" });
  agent.session.answerPermission(request, "no");
  agent.session.answerPermission(request, "yes");
  await agent.event("turn");
  expect(agent.answer).toEqual({ outcome: { outcome: "selected", optionId: "no" } });
  expect(agent.all("withdrawn")).toEqual([]);
});

test("questions: a form and a page, answered with what a person gave", async () => {
  const agent = await open();
  agent.send([askQuestion]);
  const form = await agent.event("question");
  expect(form).toMatchObject({ mode: "form", message: "Which?", schema: { type: "object" } });
  agent.session.answerQuestion(form.request, { action: "accept", content: { name: "skein" } });
  await agent.event("turn");
  expect(agent.answer).toEqual({ action: "accept", content: { name: "skein" } });

  agent.send([
    {
      ask: "elicitation/create",
      params: { mode: "url", message: "Go", url: "https://example.org", elicitationId: "e1" },
      wait: false,
    },
    { send: "elicitation/complete", params: { elicitationId: "e1" } },
  ]);
  const page = await agent.event("question", ({ mode }) => mode === "url");
  expect(page).toMatchObject({ url: "https://example.org" });
  expect(await agent.event("withdrawn")).toEqual({ type: "withdrawn", request: page.request });
  await agent.event("update", () => agent.said.at(-1) === '{"action":"accept"}');
});

test("what is asked in a way not understood is refused, and a person told", async () => {
  const agent = await open();
  await agent.prompt([{ ask: "elicitation/create", params: { mode: "telepathy", message: "?" } }]);
  expect(agent.answer).toMatchObject({ error: { code: -32602 } });
  await agent.prompt([{ ask: "session/request_permission", params: { options: [] } }]);
  expect(agent.answer).toMatchObject({ error: { code: -32602, message: expect.stringContaining("params.toolCall") } });
  expect(agent.all("notice").map(({ level }) => level)).toEqual(["warning", "warning"]);
});

test("LESSONS permissions: cancel answers what is pending, tells that it is, and reaches the agent", async () => {
  const agent = await open();
  const number = agent.send([
    { ...askPermission, wait: false },
    { ...askQuestion, wait: false },
    { wait: "cancel" },
    { answer: { stopReason: "cancelled" } },
  ]);
  const permission = await agent.event("permission");
  const question = await agent.event("question");
  agent.session.cancel();
  expect(await agent.event("turn", ({ prompt }) => prompt === number)).toMatchObject({ stopReason: "cancelled" });
  expect(agent.all("withdrawn").map(({ request }) => request)).toEqual([permission.request, question.request]);
  await agent.event("update", () => agent.said.length === 2);
  expect(agent.said.toSorted()).toEqual(['{"action":"cancel"}', '{"outcome":{"outcome":"cancelled"}}']);
});

test("what is pending when the prompt ends is withdrawn before the turn's end is told", async () => {
  const agent = await open();
  await agent.prompt([{ ...askPermission, wait: false }]);
  expect(agent.events.map(({ type }) => type).slice(0, 3)).toEqual(["permission", "withdrawn", "turn"]);
});

test("the agent takes a request back", async () => {
  const agent = await open();
  agent.send([
    { ...askPermission, wait: false, id: "p" } as Step,
    { send: "$/cancel_request", params: { requestId: "p" } },
    { send: "$/cancel_request", params: { requestId: "none" } },
    { wait: "cancel" },
  ]);
  const { request } = await agent.event("permission");
  expect(await agent.event("withdrawn")).toEqual({ type: "withdrawn", request });
  await agent.event(
    "update",
    () => agent.said[0] === '{"error":{"code":-32800,"message":"The request was taken back."}}',
  );
  agent.session.cancel();
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

test("updates of another conversation are not shown in this one", async () => {
  const agent = await open();
  const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "foreign" } };
  await agent.prompt([
    { update, session: "other" },
    { update, session: "other" },
  ]);
  expect(agent.said).toEqual([]);
  expect(agent.all("notice")).toHaveLength(1);
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
  const prepared = await WatchedAgent.prepare();
  watched.push(prepared);
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

test("when an event cannot be taken, the agent is ended and nothing more is told", async () => {
  const prepared = await WatchedAgent.prepare();
  watched.push(prepared);
  const told: string[] = [];
  await prepared.start(scriptedAgent(), {
    emit(event) {
      told.push(event.type);
      return Promise.reject(new Error("the disk is full"));
    },
  });
  prepared.send([{ text: "a" }, { text: "b" }, { hang: true }]);
  await prepared.session.close();
  expect(told).toEqual(["update"]);
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

test("files: read, written and confined through the agent's requests", async () => {
  const agent = await open();
  const path = join(agent.cwd, "deep/er/file.txt");
  await agent.prompt([{ ask: "fs/write_text_file", params: { path, content: "one\ntwo\n" } }]);
  expect(agent.answer).toEqual({});
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  await agent.prompt([{ ask: "fs/read_text_file", params: { path, line: 2, limit: 1 } }]);
  expect(agent.answer).toEqual({ content: "two\n" });
  await agent.prompt([{ ask: "fs/read_text_file", params: { path: "/etc/passwd" } }]);
  expect(agent.answer).toMatchObject({
    error: { code: -32602, message: expect.stringContaining("outside the working directory") },
  });
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
  const gemini = await WatchedAgent.open({ command, args: [...args, "/opt/node_modules/.bin/gemini", "--acp"] });
  watched.push(gemini);
  await gemini.prompt([{ tell: "capabilities" }]);
  expect(gemini.answer).toMatchObject({ fs: { readTextFile: false, writeTextFile: false }, terminal: true });
});

test("G7: an agent that dies in a prompt: `exited` is the last word, with what it said on stderr", async () => {
  const agent = await open();
  agent.send([{ text: "half" }, { ...askPermission, wait: false }, { stderr: "one\ntwo\nsegfault\n" }, { exit: 139 }]);
  const exited = await agent.event("exited");
  expect(exited).toEqual({ type: "exited", code: 139, signal: null, stderr: "one\ntwo\nsegfault", expected: false });
  expect(agent.events.map(({ type }) => type)).toEqual(["update", "permission", "withdrawn", "exited"]);
  agent.send("anyone there?");
  expect(agent.lines.filter(({ direction }) => direction === "error").map(({ line }) => line)).toEqual([
    "one",
    "two",
    "segfault",
  ]);
});

test("G7: all an agent said before it died is told before `exited`", async () => {
  const agent = await open();
  agent.send([{ text: "x".repeat(100), times: 20_000 }, { exit: 0 }]);
  await agent.event("exited");
  expect(agent.said).toHaveLength(20_000);
  expect(agent.events.at(-1)?.type).toBe("exited");
});

test("only the end of a long stderr is kept", async () => {
  const agent = await open();
  const lines = Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join("");
  agent.send([{ stderr: lines }, { exit: 1 }]);
  const { stderr } = await agent.event("exited");
  expect(stderr.split("\n")).toEqual(Array.from({ length: 40 }, (_, line) => `line ${4960 + line}`));
});

test("close: the end of stdin suffices for an agent that listens", async () => {
  const agent = await open({ at: { "session/close": [{ stderr: "closing\n" }] } });
  await agent.session.close();
  await agent.session.close();
  expect(agent.all("exited")).toMatchObject([{ code: 0, signal: null, expected: true, stderr: "" }]);
});

test("close: an agent that knows session/close is told, and not waited for for ever", async () => {
  const initialized = { agentCapabilities: { sessionCapabilities: { close: {} } } };
  const agent = await open(
    { initialized, at: { "session/close": [{ stderr: "closing\n" }, { hang: true }] } },
    { bounds: { closeMs: 50 } },
  );
  await agent.session.close();
  expect(agent.all("exited")).toMatchObject([{ expected: true, stderr: "closing" }]);
});

test("facts, claude-agent-acp 0.23: it ignores the end of stdin, and is ended by SIGTERM", async () => {
  const agent = await open({ start: [{ ignore: "EOF" }] }, { bounds: { inputMs: 50 } });
  await agent.session.close();
  expect(agent.all("exited")).toMatchObject([{ code: null, signal: "SIGTERM", expected: true }]);
});

test("LESSONS stop: an agent that ignores everything is ended by SIGKILL", async () => {
  const agent = await open({ start: [{ ignore: "EOF" }, { ignore: "SIGTERM" }] }, { bounds: QUICK });
  agent.send([{ hang: true }]);
  agent.session.cancel();
  await agent.session.close();
  expect(agent.all("exited")).toMatchObject([{ code: null, signal: "SIGKILL", expected: true }]);
  expect(agent.all("turn")).toEqual([]);
});

test("kill ends it at once", async () => {
  const agent = await open({ start: [{ ignore: "EOF" }, { ignore: "SIGTERM" }] });
  agent.send([{ hang: true }]);
  agent.session.kill();
  expect(await agent.event("exited")).toMatchObject({ signal: "SIGKILL", expected: true });
});

test.each([
  ["close", {}],
  ["its own death", { ignoresTerm: true }],
])("facts, codex-acp 0.16: a child that survives its launcher is ended with it, at %s", async (what, grandchild) => {
  const agent = await open({}, { bounds: QUICK });
  await agent.prompt([{ grandchild }]);
  const pid = Number(agent.said[0]);
  expect(isAlive(pid)).toBe(true);
  if (what === "close") await agent.session.close();
  else agent.send([{ exit: 1 }]);
  await agent.event("exited");
  while (isAlive(pid)) await Bun.sleep(5);
});

test("a process that left the group and holds the pipes open does not keep the end from being told", async () => {
  const agent = await open({}, { bounds: QUICK });
  await agent.prompt([{ grandchild: { escapes: true } }]);
  const pid = Number(agent.said[0]);
  try {
    agent.send([{ exit: 1 }]);
    expect(await agent.event("exited")).toMatchObject({ code: 1 });
  } finally {
    process.kill(pid, "SIGKILL");
  }
});
