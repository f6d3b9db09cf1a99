import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RUN = fileURLToPath(new URL("demo-agent.ts", import.meta.url));

type Message = {
  id?: number | string;
  method?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- raw lines, looked at as they come
  params?: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- raw lines, looked at as they come
  result?: any;
  error?: { code: number; message: string; data?: unknown };
};

/** The client's end of the pipe, by hand: raw lines in, raw lines out. */
class RawClient {
  readonly lines: Message[] = [];
  readonly process;
  /** Answers the agent's own requests; what it does not answer stays open. */
  answer: (request: Message) => unknown = () => undefined;
  #nextId = 0;
  readonly #waiting = new Set<{ wanted: (message: Message) => boolean; found: (message: Message) => void }>();
  readonly #reading: Promise<void>;

  constructor(state: string, delayMs = 0) {
    this.process = Bun.spawn(
      [process.execPath, "-e", `await (await import(${JSON.stringify(RUN)})).runDemoAgent(process.env, "0")`],
      {
        stdin: "pipe",
        stdout: "pipe",
        stderr: "inherit",
        env: { ...process.env, SKEIN_DEMO_STATE: state, SKEIN_DEMO_DELAY_MS: String(delayMs) },
      },
    );
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const part of this.process.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line) as Message);
    }
    expect(rest).toBe("");
  }

  #take(message: Message): void {
    this.lines.push(message);
    for (const waiter of this.#waiting) if (waiter.wanted(message)) waiter.found(message);
    if (message.method !== undefined && message.id !== undefined) {
      const result = this.answer(message);
      if (result !== undefined) this.write({ jsonrpc: "2.0", id: message.id, result });
    }
  }

  write(message: unknown): void {
    void this.process.stdin.write(`${JSON.stringify(message)}\n`);
    void this.process.stdin.flush();
  }

  /** Resolves with the first line, past or to come, that is wanted. */
  async line(wanted: (message: Message) => boolean): Promise<Message> {
    const past = this.lines.find(wanted);
    if (past) return past;
    const { promise, resolve } = Promise.withResolvers<Message>();
    const waiter = { wanted, found: resolve };
    this.#waiting.add(waiter);
    const message = await promise;
    this.#waiting.delete(waiter);
    return message;
  }

  async request(method: string, params: unknown): Promise<Message> {
    const id = this.#nextId++;
    this.write({ jsonrpc: "2.0", id, method, params });
    return this.line((message) => message.id === id && message.method === undefined);
  }

  async initialize(capabilities: unknown = FULL): Promise<void> {
    const { result } = await this.request("initialize", { protocolVersion: 1, clientCapabilities: capabilities });
    expect(result.protocolVersion).toBe(1);
  }

  async newSession(cwd: string): Promise<string> {
    const { result } = await this.request("session/new", { cwd, mcpServers: [] });
    return result.sessionId as string;
  }

  async prompt(sessionId: string, text: string): Promise<Message> {
    return this.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
  }

  updates(kind: string): Message["params"][] {
    return this.lines
      .filter(({ method, params }) => method === "session/update" && params.update.sessionUpdate === kind)
      .map(({ params }) => params.update);
  }

  /** All that was said, joined. */
  text(kind = "agent_message_chunk"): string {
    return this.updates(kind)
      .map(({ content }) => content.text ?? "")
      .join("");
  }

  /** Ends the agent as its client does: by the end of its stdin. */
  async end(): Promise<number> {
    await this.process.stdin.end();
    const code = await this.process.exited;
    await this.#reading;
    return code;
  }
}

const FULL = { fs: { readTextFile: true, writeTextFile: true }, terminal: true, elicitation: { form: {} } };
const allow = { outcome: { outcome: "selected", optionId: "allow" } };

let directory: string;
let state: string;
let client: RawClient;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "skein-demo-")));
  state = join(directory, "state");
  client = new RawClient(state);
});
afterEach(async () => {
  client.process.kill("SIGKILL");
  await client.process.exited;
  await rm(directory, { recursive: true, force: true });
});

/** A client's files and terminal, as far as these tests need them. */
function host(): (request: Message) => unknown {
  let ran: { exitCode: number; output: string } | null = null;
  return ({ method, params }) => {
    switch (method) {
      case "session/request_permission":
        return allow;
      case "fs/read_text_file":
        return { content: "# mine\n" };
      case "fs/write_text_file":
        writeFileSync(params.path as string, params.content as string);
        return {};
      case "terminal/create": {
        const done = Bun.spawnSync([params.command, ...params.args], { cwd: params.cwd as string });
        ran = { exitCode: done.exitCode, output: done.stdout.toString() };
        return { terminalId: "t1" };
      }
      case "terminal/wait_for_exit":
        return { exitCode: ran?.exitCode };
      case "terminal/output":
        return { output: ran?.output, truncated: false, exitStatus: { exitCode: ran?.exitCode } };
      case "terminal/release":
        return {};
      case "elicitation/create":
        return { action: "accept", content: { name: "Ada", colour: "blue" } };
      default:
        throw new Error(`the demo agent asked for ${method}`);
    }
  };
}

test("hello: thinks, plans, answers, calls itself a demo, and asks no leave", async () => {
  await client.initialize();
  const session = await client.newSession(directory);
  const { result } = await client.prompt(session, "hello");
  expect(result.stopReason).toBe("end_turn");
  expect(client.text()).toContain("demo agent");
  expect(client.text("agent_thought_chunk")).toContain("demo");
  expect(
    client
      .updates("plan")
      .at(-1)
      ?.entries.map((entry: { status: string }) => entry.status),
  ).toEqual(["completed", "completed"]);
  expect(client.updates("usage_update").at(-1)).toMatchObject({ size: 100_000, cost: { amount: 0 } });
  expect(client.updates("session_info_update")[0]?.title).toBe("Demo: hello");
  expect(client.lines.filter(({ method, id }) => method !== undefined && id !== undefined)).toEqual([]);
  expect(await client.end()).toBe(0);
});

test("the same prompt is answered the same, chunk by chunk", async () => {
  await client.initialize();
  const said: string[][] = [];
  for (const session of [await client.newSession(directory), await client.newSession(directory)]) {
    await client.prompt(session, "Grüße 🧶");
    said.push(
      client.lines
        .filter(({ params }) => params?.sessionId === session)
        .filter(({ params }) => params.update.sessionUpdate === "agent_message_chunk")
        .map(({ params }) => params.update.content.text as string),
    );
  }
  expect(said[0]!.length).toBeGreaterThan(10);
  expect(said[1]).toEqual(said[0]);
});

test("tour: plans, edits a real file with a diff, runs a real command, says a table and code", async () => {
  client.answer = host();
  await client.initialize();
  const session = await client.newSession(directory);
  const { result } = await client.prompt(session, "tour");
  expect(result.stopReason).toBe("end_turn");

  const calls = client.updates("tool_call");
  expect(calls.map(({ kind }) => kind)).toEqual(["edit", "execute"]);
  expect(calls[0].content[0]).toMatchObject({ type: "diff", oldText: "# mine\n" });
  expect(await readFile(join(directory, "skein-demo.md"), "utf8")).toBe("# mine\n- The tour was here.\n");
  const last = new Map(client.updates("tool_call_update").map((update) => [update.toolCallId, update]));
  expect([...last.values()].map(({ status }) => status)).toEqual(["completed", "completed"]);
  expect(last.get(calls[1].toolCallId).rawOutput.output).toContain("skein-demo.md");
  expect(client.lines.filter(({ method }) => method === "terminal/release").length).toBe(1);
  expect(client.text()).toContain("| step | result |");
  expect(client.text()).toContain("```ts\n");
  expect(
    client
      .updates("plan")
      .at(-1)
      ?.entries.every(({ status }: { status: string }) => status === "completed"),
  ).toBe(true);
});

test("a rejected call is failed, says so, and changes nothing", async () => {
  client.answer = ({ method }) => {
    if (method === "fs/read_text_file") return { content: "" };
    expect(method).toBe("session/request_permission");
    return { outcome: { outcome: "selected", optionId: "reject" } };
  };
  await client.initialize();
  const session = await client.newSession(directory);
  expect((await client.prompt(session, "edit a line")).result.stopReason).toBe("end_turn");
  expect(client.updates("tool_call_update").at(-1)).toMatchObject({ status: "failed" });
  expect(await Bun.file(join(directory, "skein-demo.md")).exists()).toBe(false);
});

test("mode auto asks no leave; so does the answer that says to stop asking", async () => {
  const asked: string[] = [];
  const serve = host();
  client.answer = (request) => {
    if (request.method !== "session/request_permission") return serve(request);
    asked.push(request.params.toolCall.title as string);
    return { outcome: { outcome: "selected", optionId: "always" } };
  };
  await client.initialize();
  const session = await client.newSession(directory);
  await client.prompt(session, "run");
  expect(client.updates("current_mode_update")).toMatchObject([{ currentModeId: "auto" }]);
  await client.prompt(session, "/run echo again");
  expect(asked.length).toBe(1);
  expect((await client.request("session/set_mode", { sessionId: session, modeId: "ask" })).error).toBeUndefined();
  await client.prompt(session, "/run exit 3");
  expect(asked.length).toBe(2);
  expect(client.text()).toContain("exit code 3");
  expect((await client.request("session/set_mode", { sessionId: session, modeId: "nope" })).error?.code).toBe(-32602);
});

test("cancel ends a turn that streams, one that awaits leave, and one whose command runs", async () => {
  await client.initialize();
  const session = await client.newSession(directory);
  const cancel = (): void => client.write({ jsonrpc: "2.0", method: "session/cancel", params: { sessionId: session } });

  const streaming = client.prompt(session, "/long 1000000");
  await client.line(({ params }) => params?.update?.content?.text?.startsWith("Demo line 3 "));
  cancel();
  expect((await streaming).result.stopReason).toBe("cancelled");

  const asking = client.prompt(session, "/run true");
  await client.line(({ method }) => method === "session/request_permission");
  cancel();
  expect((await asking).result.stopReason).toBe("cancelled");
  expect(client.updates("tool_call_update").at(-1)?.status).toBe("failed");

  const serve = host();
  client.answer = (request) => {
    if (request.method !== "terminal/wait_for_exit") return serve(request);
    cancel();
    return undefined;
  };
  expect((await client.prompt(session, "/run true")).result.stopReason).toBe("cancelled");
  expect(client.lines.some(({ method }) => method === "terminal/release")).toBe(true);
});

test("G7: a conversation outlives a kill of the agent, by resume and by load", async () => {
  await client.initialize();
  const session = await client.newSession(directory);
  await client.prompt(session, "remember the 🧶");
  const answered = client.text();
  client.process.kill("SIGKILL");
  await client.process.exited;

  client = new RawClient(state);
  await client.initialize();
  const resumed = await client.request("session/resume", { sessionId: session, cwd: directory, mcpServers: [] });
  expect(resumed.result.modes.currentModeId).toBe("ask");
  expect(client.text()).toBe("");
  await client.prompt(session, "/recall");
  expect(client.text()).toContain("1. remember the 🧶");

  client.process.kill("SIGKILL");
  await client.process.exited;
  client = new RawClient(state);
  await client.initialize();
  await client.request("session/load", { sessionId: session, cwd: directory, mcpServers: [] });
  expect(client.text("user_message_chunk")).toBe("remember the 🧶/recall");
  expect(client.text().startsWith(answered)).toBe(true);
  const unknown = await client.request("session/load", { sessionId: "demo-unknown", cwd: directory, mcpServers: [] });
  expect(unknown.error?.code).toBe(-32002);
});

test("a form is asked, slash commands are told after the session, brevity is an option", async () => {
  client.answer = host();
  await client.initialize();
  const session = await client.newSession(directory);
  const told = await client.line(({ params }) => params?.update?.sessionUpdate === "available_commands_update");
  expect(told.params.sessionId).toBe(session);
  expect(told.params.update.availableCommands.map(({ name }: { name: string }) => name)).toContain("long");
  expect(client.lines.indexOf(told)).toBeGreaterThan(
    client.lines.findIndex(({ result }) => result?.sessionId === session),
  );

  await client.prompt(session, "/ask");
  expect(client.text()).toContain('"name":"Ada"');
  const set = { sessionId: session, configId: "verbosity", value: "brief" };
  const { result } = await client.request("session/set_config_option", set);
  expect(result.configOptions[0].currentValue).toBe("brief");
  const before = client.text().length;
  await client.prompt(session, "hello");
  expect(client.text().slice(before)).not.toContain("Try:");
});

test("fail ends in an error, refuse in a refusal, image in a picture, crash in a dead process", async () => {
  await client.initialize();
  const session = await client.newSession(directory);
  expect((await client.prompt(session, "/fail")).error?.message).toContain("Demo failure");
  expect((await client.prompt(session, "/refuse")).result.stopReason).toBe("refusal");
  await client.prompt(session, "/image");
  expect(client.updates("agent_message_chunk").at(-1)?.content.type).toBe("image");
  void client.prompt(session, "/crash");
  expect(await client.process.exited).not.toBe(0);
});

test("a client without files and terminals is served as well as can be", async () => {
  client.answer = host();
  await client.initialize({});
  const session = await client.newSession(directory);
  await client.request("session/set_mode", { sessionId: session, modeId: "auto" });
  expect((await client.prompt(session, "tour")).result.stopReason).toBe("end_turn");
  expect(await readFile(join(directory, "skein-demo.md"), "utf8")).toContain("- The tour was here.");
  expect(client.text()).toContain("not run");
  expect(client.lines.filter(({ method, id }) => method !== undefined && id !== undefined)).toEqual([]);
});
