import { expect, test } from "bun:test";
import { scriptedAgent, type Script } from "../../../../../test/support/scripted-agent.ts";
import { askPermission, useScriptedAgents } from "../testing/scripted.ts";
import { isAlive } from "../testing/watched-agent.ts";

const { prepare, open } = useScriptedAgents();
const QUICK = { inputMs: 50, termMs: 50 };

test("when an event cannot be taken, the agent is ended, and its end is told with the reason", async () => {
  const prepared = await prepare();
  const told: string[] = [];
  await prepared.start(scriptedAgent(), {
    emit(event) {
      told.push(event.type === "exited" ? event.stderr : event.type);
      return Promise.reject(new Error("the disk is full"));
    },
  });
  prepared.send([{ text: "a" }, { text: "b" }, { hang: true }]);
  await prepared.session.close();
  expect(told).toEqual(["update", "(Skein ended the agent: what it said could not be taken: Error: the disk is full)"]);
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

test("an agent that is not wanted any more while it is being opened is killed, and not waited for", async () => {
  const agent = await prepare();
  const wanted = new AbortController();
  const script = { at: { initialize: [{ stderr: "hanging\n" }, { ignore: "EOF" }, { hang: true }] } } satisfies Script;
  const opening = agent.start(scriptedAgent(script), { signal: wanted.signal }).then(
    () => "opened",
    (error: unknown) => error,
  );
  while (!agent.lines.some(({ line }) => line === "hanging")) await Bun.sleep(2);
  wanted.abort();
  expect(await opening).toMatchObject({ kind: "agent", message: expect.stringContaining("SIGKILL") });
  expect(agent.events).toEqual([]);
});

test("L27: an agent that ignores everything is ended by SIGKILL", async () => {
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

test("G5: an agent that does not read what it is sent is ended, with the reason", async () => {
  const agent = await open({}, { bounds: { maxUnreadBytes: 64 * 1024 } });
  agent.send([{ raw: '{"jsonrpc":"2.0","id":1,"method":"no/such"}\n'.repeat(20_000) }, { wait: 60_000 }]);
  const { signal, stderr, expected } = await agent.event("exited");
  expect({ signal, expected }).toEqual({ signal: "SIGKILL", expected: false });
  expect(stderr).toBe("(Skein ended the agent: it does not read what it is sent)");
});

test("when a line cannot be recorded, the agent is ended", async () => {
  const prepared = await prepare();
  let working = true;
  await prepared.start(scriptedAgent(), {
    record() {
      if (!working) throw new Error("the disk is full");
    },
  });
  working = false;
  prepared.send([{ hang: true }]);
  await prepared.session.close();
  expect(prepared.all("exited")).toMatchObject([{ stderr: expect.stringContaining("the disk is full") }]);
});

test("facts, claude-agent-acp 0.23: a cancelled one is ended, for it answers the next prompt with nothing", async () => {
  const agent = await open({
    initialized: { agentInfo: { name: "@zed-industries/claude-agent-acp", version: "0.23.1" } },
  });
  await agent.prompt("the first");
  agent.send([{ text: "half" }, { wait: "cancel" }]);
  await agent.event("update", ({ update }) => JSON.stringify(update).includes("half"));
  agent.session.cancel();
  expect(await agent.event("exited")).toMatchObject({ code: 0, expected: true });
  expect(agent.all("turn")).toHaveLength(1);
});
