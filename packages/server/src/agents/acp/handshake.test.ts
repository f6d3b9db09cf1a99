import { expect, test } from "bun:test";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SkeinError } from "@skein/client/protocol";
import { scriptedAgent, type Script } from "../../../../../test/support/scripted-agent.ts";
import { TestClock } from "../../testing/test-clock.ts";
import { useScriptedAgents } from "../testing/scripted.ts";
import { isAlive, type WatchedAgent, type WatchOptions } from "../testing/watched-agent.ts";

const { prepare, open } = useScriptedAgents();
const QUICK = { inputMs: 50, termMs: 50 };

/** Opens an agent that cannot be opened; tells the error and the agent's process, which must be gone. */
async function refusal(
  script: Script,
  options: WatchOptions = {},
): Promise<{ error: SkeinError; agent: WatchedAgent }> {
  const agent = await prepare();
  const { command, args } = scriptedAgent(script);
  const tellingPid = { command: "/bin/sh", args: ["-c", 'echo $$ > pid; exec "$0" "$@"', command, ...args] };
  const error: unknown = await agent.start(tellingPid, options).catch((reason: unknown) => reason);
  if (!(error instanceof SkeinError)) throw new Error(`It opened, or failed with ${String(error)}.`);
  const pid = Number(await readFile(join(agent.cwd, "pid"), "utf8"));
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
  expect(agent.all("exited")).toEqual([]);
  return { error, agent };
}

test("it offers the whole client side and learns what the agent can", async () => {
  const session = {
    modes: {
      currentModeId: "ask",
      availableModes: [
        { id: "ask", name: "Ask", description: null },
        { id: "code", name: "Code" },
      ],
    },
    configOptions: [{ id: "model", name: "Model", type: "select", currentValue: "a", options: [], extra: 1 }],
  };
  const agent = await open({ session });
  expect(agent.session.id).toBe("scripted-session");
  expect(agent.session.opened).toEqual({
    mode: "ask",
    modes: [
      { id: "ask", name: "Ask", description: null },
      { id: "code", name: "Code" },
    ],
    config: session.configOptions,
    accepts: { image: true, audio: false, resource: true },
    canResume: true,
    resumed: false,
    agent: { name: "scripted-agent", version: "1.0.0" },
  });
  const sent = agent.lines
    .filter(({ direction }) => direction === "out")
    .map(({ line }) => JSON.parse(line) as unknown);
  expect(sent).toEqual([
    {
      jsonrpc: "2.0",
      id: 0,
      method: "initialize",
      params: {
        protocolVersion: 1,
        clientCapabilities: {
          fs: { readTextFile: true, writeTextFile: true },
          terminal: true,
          session: { compaction: {}, notices: {}, configOptions: { boolean: {} } },
          elicitation: { form: {}, url: {} },
        },
        clientInfo: { name: "skein-test", version: "1" },
      },
    },
    { jsonrpc: "2.0", id: 1, method: "session/new", params: { cwd: agent.cwd, mcpServers: [] } },
  ]);
});

test("an agent that tells next to nothing of itself is taken as it is", async () => {
  const agent = await open({
    initialized: { agentCapabilities: null, agentInfo: 7, authMethods: "none" },
    session: { modes: 1, configOptions: {} },
  });
  expect(agent.session.opened).toEqual({
    accepts: { image: false, audio: false, resource: false },
    canResume: false,
    resumed: false,
  });
});

const METHODS = ["initialize", "session/new"] as const;

test.each(METHODS)(
  "an agent that dies at %s: the error has its exit code and its last words, nothing is left",
  async (method) => {
    const { error } = await refusal(
      { at: { [method]: [{ stderr: "the disk is on fire\n" }, { exit: 3 }] } },
      { bounds: QUICK },
    );
    expect(error).toMatchObject({ kind: "agent", detail: { exit: { code: 3, signal: null } } });
    expect(error.message).toBe("The agent ended with exit code 3. Its last words: the disk is on fire");
    expect((error.detail as { stderr: string }).stderr).toEndWith("the disk is on fire");
  },
);

test("an agent that dies before it reads anything", async () => {
  const { error } = await refusal({ start: [{ die: "SIGKILL" }] });
  expect(error.message).toStartWith("The agent was ended by SIGKILL.");
});

test.each([...METHODS, "session/load"])(
  "an agent that says nothing at %s is given up after 60 s and ended",
  async (method) => {
    const clock = new TestClock();
    const at = {
      [method]: [{ stderr: "hanging\n" }, { ignore: "SIGTERM" }, { ignore: "EOF" }, { hang: true }],
    } satisfies Script["at"];
    const agent = await prepare();
    const failures: unknown[] = [];
    const resume = method === "session/load" ? { resume: "old" } : {};
    void agent.start(scriptedAgent({ at }), { clock, ...resume }).catch((reason: unknown) => failures.push(reason));
    while (!agent.lines.some(({ line }) => line === "hanging")) await Bun.sleep(2);
    await clock.advance(59_999);
    expect(failures).toEqual([]);
    await clock.advance(1);
    // The steps of its ending take time too, which is the test's to give.
    while (failures.length === 0) {
      await clock.advance(100);
      await Bun.sleep(2);
    }
    const [failed] = failures;
    expect(failed).toMatchObject({ kind: "agent", retry: "never" });
    expect((failed as SkeinError).message).toBe(
      `The agent did not answer ${method} within 60 s. Its last words: hanging`,
    );
  },
);

test("an agent that only prints garbage is given up when there is a lot of it", async () => {
  const { error, agent } = await refusal({ start: [{ garbage: 1500 }, { hang: true }] }, { bounds: QUICK });
  expect(error.message).toBe("The agent does not speak ACP. It printed what is not JSON-RPC: garbage, line 1");
  expect(error.detail).toMatchObject({ garbage: "garbage, line 1" });
  // Each is told; the writer makes one notice of them.
  expect(agent.all("notice").length).toBeGreaterThanOrEqual(1000);
  expect(new Set(agent.all("notice").map(({ text }) => text)).size).toBe(1);
  expect(agent.lines.filter(({ line }) => line.startsWith("garbage, line")).length).toBeGreaterThanOrEqual(1000);
});

test("an agent that prints a banner and then speaks is understood, and the banner told", async () => {
  const agent = await open({ start: [{ raw: "Welcome!\n\nLoading…\n" }] });
  expect(agent.all("notice")).toEqual([
    { type: "notice", level: "warning", text: "The agent sent a line that is not JSON.", detail: "Welcome!" },
    { type: "notice", level: "warning", text: "The agent sent a line that is not JSON.", detail: "Loading…" },
  ]);
});

test("a program that ends at once, having said nothing", async () => {
  const agent = await prepare();
  const failed = agent.start({ command: "true", args: [] });
  await expect(failed).rejects.toMatchObject({ kind: "agent", message: "The agent ended with exit code 0." });
});

test("an agent that closes its output can no longer be heard, and is ended", async () => {
  const { error } = await refusal({ start: [{ closeOutput: true }, { ignore: "EOF" }] }, { bounds: QUICK });
  expect(error.message).toStartWith("The agent was ended by SIGTERM.");
});

test("what cannot be started is refused with what to do", async () => {
  const agent = await prepare();
  const plain = join(agent.cwd, "plain");
  await writeFile(plain, "");
  await chmod(plain, 0o644);
  const refused = (message: string) => ({ kind: "agent", message: expect.stringContaining(message) });
  await expect(agent.start({ command: "skein-none", args: [] })).rejects.toMatchObject(refused("install it"));
  await expect(agent.start({ command: plain, args: [] })).rejects.toMatchObject(refused("not marked executable"));
  await expect(agent.start(scriptedAgent(), { cwd: "/skein/none" })).rejects.toMatchObject(refused("does not exist"));
});

test.each(METHODS)(
  "an agent that needs a login at %s: its methods are in the detail, the way in the message",
  async (method) => {
    const authMethods = [{ id: "login", name: "Log in", description: "Run `agent login`" }, { id: "key" }];
    const at = { [method]: [{ fail: { code: -32000, message: "Authentication required" } }] };
    const { error } = await refusal({ initialized: { authMethods }, at });
    expect(error).toMatchObject({ kind: "agent", retry: "never" });
    expect(error.message).toStartWith("The agent needs a login: sign in with its own program");
    if (method === "initialize") return;
    expect(error.message).toEndWith("It offers: Log in (Run `agent login`); key.");
    expect(error.detail).toMatchObject({ authMethods });
  },
);

test("an agent that refuses is quoted, with the details it gave", async () => {
  const fail = { code: -32603, message: "Internal error", data: { details: "no such model" } };
  const { error } = await refusal({ at: { "session/new": [{ fail }] } });
  expect(error.message).toBe("The agent refused session/new: Internal error: no such model");
  expect(error.detail).toMatchObject({ method: "session/new", code: -32603 });
  const sentence = { ...fail, message: "Try again in some minutes." };
  const again = await refusal({ at: { "session/new": [{ fail: sentence }] } });
  expect(again.error.message).toBe("The agent refused session/new: Try again in some minutes. no such model");
});

test.each([
  ["initialize", {}, "result.protocolVersion"],
  ["initialize", null, "result"],
  ["session/new", {}, "result.sessionId"],
  ["session/new", [1], "result"],
])("an answer to %s that is none is refused: %j", async (method, answer, path) => {
  const { error } = await refusal({ at: { [method]: [{ answer }] } });
  expect(error.message).toStartWith(`The agent's answer to ${method} is none: ${path}: `);
});

test("another version of the protocol is refused", async () => {
  const { error } = await refusal({ initialized: { protocolVersion: 2 } });
  expect(error.message).toBe("The agent speaks version 2 of ACP, Skein speaks 1.");
});

const chunk = (text: string) => ({ update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } } });

test("a conversation is loaded: what is replayed is swallowed, how things are now is not", async () => {
  const usage = { sessionUpdate: "usage_update", used: 1, size: 2 };
  const at = {
    "session/load": [chunk("old"), { update: { sessionUpdate: "tool_call", toolCallId: "t" } }, { update: usage }],
  };
  const agent = await open({ at }, { resume: "earlier" });
  expect(agent.session.id).toBe("earlier");
  expect(agent.session.opened.resumed).toBe(true);
  // The lines of the replay were kept when they came first.
  const kept = agent.lines.map(({ line }) => line).join("\n");
  expect(kept).toContain("usage_update");
  expect(kept).not.toContain('"old"');
  expect(kept).not.toContain('"tool_call"');
  await agent.prompt("hi");
  expect(agent.all("update").map(({ update }) => update)).toEqual([
    usage,
    { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "You said: hi" } },
  ]);
});

test.each([
  ["before", 0],
  ["amid", 5],
])("facts, gemini: it answers load %s its replay, which is swallowed all the same", async (_, early) => {
  const clock = new TestClock();
  const late = Array.from({ length: 20 }, (_, index) => chunk(`old ${index}`));
  const agent = await prepare();
  const last = { update: { sessionUpdate: "usage_update", used: 1, size: 2 } };
  const at = { "session/load": [...late.slice(0, early), { answer: {} }, ...late.slice(early), last] };
  const opening = agent.start(scriptedAgent({ at }), { clock, resume: "earlier" });
  const came = (text: string): boolean => agent.lines.some(({ line }) => line.includes(text));
  while (!came("usage_update") || clock.pending === 0) await Bun.sleep(2);
  // Something came since it began to listen for silence, so it listens once more.
  await clock.advance(250);
  expect(clock.pending).toBe(1);
  await clock.advance(250);
  await opening;
  expect(agent.session.opened.resumed).toBe(true);
  await agent.prompt("hi");
  expect(agent.said).toEqual(["You said: hi"]);
  // Its ending is not waited for with a clock that stands still.
  agent.session.kill();
});

test("facts: resume has no replay, and is preferred to load", async () => {
  const initialized = { agentCapabilities: { loadSession: true, sessionCapabilities: { resume: {} } } };
  const agent = await open({ initialized, at: { "session/load": [chunk("old")] } }, { resume: "earlier" });
  expect(agent.session.opened).toMatchObject({ resumed: true, canResume: true });
  expect(agent.lines.map(({ line }) => /"method":"(session[^"]*)"/.exec(line)?.[1]).filter(Boolean)).toEqual([
    "session/resume",
  ]);
});

test("a conversation that cannot be had again: a new one, and a word of it", async () => {
  const fail = { code: -32002, message: "Resource not found" };
  const initialized = { agentCapabilities: { loadSession: true, sessionCapabilities: { resume: {} } } };
  const agent = await open(
    { initialized, at: { "session/load": [{ fail }], "session/resume": [{ fail }] } },
    { resume: "earlier" },
  );
  expect(agent.session.id).toBe("scripted-session");
  expect(agent.session.opened.resumed).toBe(false);
  expect(agent.all("notice")).toMatchObject([
    { level: "warning", text: expect.stringContaining("Resource not found") },
  ]);
  await agent.prompt("hi");
  expect(agent.said).toEqual(["You said: hi"]);
});

test("an agent that cannot load begins a new conversation", async () => {
  const agent = await open({ initialized: { agentCapabilities: {} } }, { resume: "earlier" });
  expect(agent.session.opened).toMatchObject({ resumed: false, canResume: false });
});
