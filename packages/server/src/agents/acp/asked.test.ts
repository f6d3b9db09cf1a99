import { expect, test } from "bun:test";
import { askPermission, askQuestion, permissionOptions, useScriptedAgents } from "../testing/scripted.ts";

const { open } = useScriptedAgents();

test("nobody can be asked before the conversation is open: the agent is told so", async () => {
  const agent = await open({ at: { "session/new": [askPermission, askQuestion] } });
  expect(agent.said).toEqual(['{"outcome":{"outcome":"cancelled"}}', '{"action":"cancel"}']);
  expect(agent.all("permission")).toEqual([]);
});

test("facts, gemini: a permission request may be the first mention of a tool call", async () => {
  const agent = await open();
  agent.send([askPermission]);
  const permission = await agent.event("permission");
  expect(permission).toMatchObject({
    toolCall: { toolCallId: "t1", title: "Edit", extra: [1] },
    options: permissionOptions,
  });
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

test("L27: cancel answers what is pending, tells that it is, and reaches the agent", async () => {
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
    { ...askPermission, wait: false, id: "p" },
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

const lateAsk = (ask: typeof askPermission | typeof askQuestion) => [
  { text: "working" },
  { wait: "cancel" as const },
  ask,
  { answer: { stopReason: "cancelled" } },
];

test.each([
  ["permission", askPermission, { outcome: { outcome: "cancelled" } }],
  ["question", askQuestion, { action: "cancel" }],
] as const)("a %s asked for after a cancel is cancelled at once, and shown to nobody", async (kind, ask, answer) => {
  const agent = await open();
  agent.send(lateAsk(ask));
  await agent.event("update");
  agent.session.cancel();
  expect(await agent.event("turn")).toMatchObject({ stopReason: "cancelled" });
  expect(agent.answer).toEqual(answer);
  expect(agent.all(kind)).toEqual([]);
  // The next prompt's are asked again.
  agent.send([ask]);
  const { request } = await agent.event(kind);
  if (kind === "permission") agent.session.answerPermission(request, "yes");
  else agent.session.answerQuestion(request, { action: "decline" });
  await agent.event("turn", ({ prompt }) => prompt === 2);
});

test("P67: an option whose id is longer than an answer may name is answered under another, and the agent hears its own", async () => {
  const agent = await open();
  const long = "x".repeat(300);
  const options = [{ optionId: long, name: "Yes", kind: "allow_once" }];
  agent.send([{ ask: "session/request_permission", params: { toolCall: { toolCallId: "t1" }, options } }]);
  const permission = await agent.event("permission");
  const [option] = permission.options;
  expect(option).toMatchObject({ name: "Yes", kind: "allow_once" });
  expect(option!.optionId.length).toBeLessThanOrEqual(256);
  agent.session.answerPermission(permission.request, option!.optionId);
  await agent.event("turn");
  expect(agent.answer).toEqual({ outcome: { outcome: "selected", optionId: long } });
});
