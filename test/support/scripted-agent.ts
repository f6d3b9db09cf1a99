/**
 * An agent for tests that does what it is told, the forbidden included. It speaks ACP version 1 on its stdio.
 *
 *     bun test/support/scripted-agent.ts ['<script as JSON>' | <file with it>]
 *
 * A script names the steps to go through at each request before it is answered; see `Script` and `Step`. A prompt
 * whose text is a JSON array is itself the list of steps: `[{"text":"hello"},{"ask":"session/request_permission",…}]`.
 * Any other prompt goes through the script's `prompts` (its n-th; the last one again and again), or else says
 * `You said: <prompt>`. A request is answered after its last step, unless a step answered it or ended the agent.
 *
 * What the client answers to an `ask` is said as a chunk of text (its JSON), so that a test sees it. `"$terminal"` in
 * parameters stands for the id of the terminal made last, `"$session"` for the session's.
 */
import { existsSync, readFileSync } from "node:fs";
import { readMessages, writeError, writeOut, type Message } from "./ndjson-stdio.ts";

export type Step =
  /** Says something, `times` times. */
  | { text: string; times?: number }
  | { thought: string }
  /** Sends an update as it is. */
  | { update: Record<string, unknown>; session?: string }
  /** Tells a call's whole output again and again, each time 1024 units longer, as opencode does; then that it ended. */
  | { resends: { toolCallId: string; updates: number } }
  /** Makes a request of the client and waits for its answer (`wait: false`: goes on at once). */
  | { ask: string; params?: Record<string, unknown>; wait?: boolean; id?: number | string }
  /** Sends a notification. */
  | { send: string; params?: Record<string, unknown> }
  /** Writes to stdout as it is, with no newline added. */
  | { raw: string }
  /** Writes so many lines that are no JSON. */
  | { garbage: number }
  /** Writes one line of so many bytes that begins with `start`. */
  | { huge: number; start?: string }
  | { stderr: string }
  /** Says the value of a variable of its environment, or its working directory. */
  | { tell: "env"; name: string }
  | { tell: "cwd" | "pid" | "capabilities" }
  /** Waits for `session/cancel`, or for so many milliseconds. */
  | { wait: "cancel" | number }
  /** Waits until there is a file of that name in the working directory. */
  | { until: string }
  /** Starts a process that stays when this one ends, and says its pid. `escapes`: in a session of its own. */
  | { grandchild: { ignoresTerm?: boolean; escapes?: boolean } }
  | { ignore: "SIGTERM" | "EOF" }
  /** Never goes on. */
  | { hang: true }
  | { exit: number }
  | { die: "SIGKILL" }
  | { closeOutput: true }
  /** Answers the request now; the steps behind it come after the answer. */
  | { answer: unknown }
  | { fail: { code: number; message: string; data?: unknown } };

export type Script = {
  /** Members that replace those of the answer to `initialize`. */
  initialized?: Record<string, unknown>;
  /** Members that replace those of the answers to `session/new`, `session/load` and `session/resume`. */
  session?: Record<string, unknown>;
  /** Steps before anything is read. */
  start?: Step[];
  /** Steps by the method they are gone through at, e.g. `initialize`, `session/new`, `session/close`. */
  at?: Record<string, Step[]>;
  prompts?: Step[][];
};

/** The command line that runs it with a script. */
export function scriptedAgent(script: Script = {}): { command: string; args: string[] } {
  return { command: process.execPath, args: [import.meta.path, JSON.stringify(script)] };
}

const USUAL_SESSION = "scripted-session";

class ScriptedAgent {
  readonly #script: Script;
  #session = USUAL_SESSION;
  #capabilities: unknown = null;
  #terminal: unknown = null;
  #prompts = 0;
  #nextId = 0;
  #ignoresEnd = false;
  #cancelled = Promise.withResolvers<void>();
  readonly #answers = new Map<number | string, (answer: unknown) => void>();

  constructor(script: Script) {
    this.#script = script;
  }

  async run(): Promise<void> {
    await this.#go(this.#script.start ?? [], () => {});
    for await (const message of readMessages()) this.#take(message);
    if (this.#ignoresEnd) await new Promise(() => setInterval(() => {}, 1000));
    process.exit(0);
  }

  #take(message: Message): void {
    const { id, method } = message;
    if (method === "session/cancel") this.#cancelled.resolve();
    else if (method !== undefined && id !== undefined) void this.#request(message);
    else if (id !== undefined) {
      this.#answers.get(id)?.(message["error"] ? { error: message["error"] } : message["result"]);
      this.#answers.delete(id);
    }
  }

  async #request({ id, method = "", params }: Message): Promise<void> {
    const given = (params ?? {}) as Record<string, unknown>;
    if (method === "initialize") this.#capabilities = given["clientCapabilities"];
    if (typeof given["sessionId"] === "string") this.#session = given["sessionId"];
    let answered = false;
    const answer = (member: Record<string, unknown>): void => {
      if (!answered) this.#write({ id, ...member });
      answered = true;
    };
    if (method === "session/prompt") this.#cancelled = Promise.withResolvers();
    await this.#go(method === "session/prompt" ? this.#promptSteps(given) : (this.#script.at?.[method] ?? []), answer);
    const result = this.#result(method);
    answer(result ? { result } : { error: { code: -32601, message: `Method not found: ${method}` } });
  }

  #promptSteps(params: Record<string, unknown>): Step[] {
    const blocks = params["prompt"] as { type: string; text?: string }[];
    const text = blocks.map((block) => block.text ?? `[${block.type}]`).join("");
    const { prompts } = this.#script;
    const scripted = prompts?.[Math.min(this.#prompts++, prompts.length - 1)];
    return text.startsWith("[{") ? (JSON.parse(text) as Step[]) : (scripted ?? [{ text: `You said: ${text}` }]);
  }

  #result(method: string): Record<string, unknown> | null {
    switch (method) {
      case "initialize":
        return {
          protocolVersion: 1,
          agentCapabilities: {
            loadSession: true,
            promptCapabilities: { image: true, embeddedContext: true },
            sessionCapabilities: {},
          },
          agentInfo: { name: "scripted-agent", version: "1.0.0" },
          authMethods: [],
          ...this.#script.initialized,
        };
      case "session/new":
        return { sessionId: USUAL_SESSION, ...this.#script.session };
      case "session/load":
      case "session/resume":
        return { ...this.#script.session };
      case "session/prompt":
        return { stopReason: "end_turn" };
      case "session/set_mode":
      case "session/close":
        return {};
      case "session/set_config_option":
        return { configOptions: this.#script.session?.["configOptions"] ?? [] };
      default:
        return null;
    }
  }

  async #go(steps: Step[], answer: (member: Record<string, unknown>) => void): Promise<void> {
    for (const step of steps) {
      if ("answer" in step) answer({ result: step.answer });
      else if ("fail" in step) answer({ error: step.fail });
      else await this.#do(step);
    }
  }

  async #do(step: Exclude<Step, { answer: unknown } | { fail: unknown }>): Promise<void> {
    if ("text" in step) this.#say(step.text, step.times);
    else if ("thought" in step)
      this.#update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: step.thought } });
    else if ("update" in step) this.#update(step.update, step.session);
    else if ("resends" in step) this.#resend(step.resends);
    else if ("ask" in step) await this.#ask(step);
    else if ("send" in step) this.#write({ method: step.send, params: this.#fill(step.params ?? {}) });
    else if ("raw" in step) writeOut(step.raw);
    else if ("garbage" in step) for (let line = 1; line <= step.garbage; line++) writeOut(`garbage, line ${line}\n`);
    else if ("huge" in step) writeHuge(step.huge, step.start ?? "");
    else if ("stderr" in step) writeError(step.stderr);
    else if ("tell" in step) this.#tell(step);
    else if ("wait" in step) await (step.wait === "cancel" ? this.#cancelled.promise : Bun.sleep(step.wait));
    else if ("until" in step) while (!existsSync(step.until)) await Bun.sleep(5);
    else if ("grandchild" in step) this.#say(String(startGrandchild(step.grandchild)));
    else if ("ignore" in step) this.#ignore(step.ignore);
    else if ("hang" in step) await new Promise(() => {});
    else if ("exit" in step) process.exit(step.exit);
    else if ("die" in step) process.kill(process.pid, step.die);
    else if ("closeOutput" in step) (await import("node:fs")).closeSync(1);
    else step satisfies never;
  }

  async #ask({ ask, params = {}, wait = true, id = this.#nextId++ }: Extract<Step, { ask: string }>): Promise<void> {
    const answered = new Promise<unknown>((resolve) => this.#answers.set(id, resolve));
    this.#write({ id, method: ask, params: { sessionId: this.#session, ...(this.#fill(params) as object) } });
    const tell = answered.then((answer) => {
      if (typeof answer === "object" && answer !== null && "terminalId" in answer) this.#terminal = answer.terminalId;
      this.#say(JSON.stringify(answer));
    });
    if (wait) await tell;
  }

  #tell(step: Extract<Step, { tell: string }>): void {
    switch (step.tell) {
      case "env":
        return this.#say(process.env[step.name] ?? "(not set)");
      case "cwd":
        return this.#say(process.cwd());
      case "pid":
        return this.#say(String(process.pid));
      case "capabilities":
        return this.#say(JSON.stringify(this.#capabilities));
      default:
        step satisfies never;
    }
  }

  #ignore(what: "SIGTERM" | "EOF"): void {
    if (what === "SIGTERM") process.on("SIGTERM", () => {});
    else this.#ignoresEnd = true;
  }

  #say(text: string, times = 1): void {
    const update = { sessionUpdate: "agent_message_chunk", content: { type: "text", text } };
    const line = `${JSON.stringify({ jsonrpc: "2.0", method: "session/update", params: { sessionId: this.#session, update } })}\n`;
    const perWrite = 500;
    for (let left = times; left > 0; left -= perWrite) writeOut(line.repeat(Math.min(left, perWrite)));
  }

  #update(update: Record<string, unknown>, sessionId = this.#session): void {
    this.#write({ method: "session/update", params: { sessionId, update } });
  }

  #resend({ toolCallId, updates }: { toolCallId: string; updates: number }): void {
    let text = "";
    for (let update = 1; update <= updates; update++) {
      text += `${`line ${update} `.padEnd(1023, "x")}\n`;
      this.#update({
        sessionUpdate: "tool_call_update",
        toolCallId,
        status: update === updates ? "completed" : "in_progress",
        content: [{ type: "content", content: { type: "text", text } }],
      });
    }
  }

  #fill(value: unknown): unknown {
    const text = JSON.stringify(value)
      .replaceAll('"$terminal"', () => JSON.stringify(this.#terminal))
      .replaceAll('"$session"', () => JSON.stringify(this.#session));
    return JSON.parse(text);
  }

  #write(message: Record<string, unknown>): void {
    writeOut(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }
}

function writeHuge(bytes: number, start: string): void {
  const block = Buffer.alloc(1024 * 1024, "x");
  writeOut(start);
  for (let left = bytes - Buffer.byteLength(start); left > 0; left -= block.length) {
    writeOut(block.subarray(0, Math.min(left, block.length)));
  }
  writeOut("\n");
}

function startGrandchild({
  ignoresTerm = false,
  escapes = false,
}: {
  ignoresTerm?: boolean;
  escapes?: boolean;
}): number {
  const trap = ignoresTerm ? "trap '' TERM; " : "";
  const child = Bun.spawn(["/bin/sh", "-c", `${trap}while :; do sleep 0.05; done`], {
    stdio: ["inherit", "inherit", "inherit"],
    detached: escapes,
  });
  child.unref();
  return child.pid;
}

if (import.meta.main) {
  const given = process.argv[2] ?? "{}";
  const script = JSON.parse(existsSync(given) ? readFileSync(given, "utf8") : given) as Script;
  await new ScriptedAgent(script).run();
}
