import { SkeinError, type JsonObject } from "@skein/client/protocol";
import type {
  ContentBlock,
  Driver,
  DriverEvent,
  Opened,
  OpenOptions,
  Session,
  SessionUpdate,
} from "../../agents/driver.ts";

/** Plays an agent in this process: each thing it does is done by the test, in the test's order. */
export class ScriptedDriver implements Driver {
  readonly sessions: ScriptedSession[] = [];
  /** How often it was asked to open one. */
  openings = 0;
  /** How many openings were ended before they were answered. */
  aborted = 0;
  /** What the next sessions tell at opening. */
  opened: Partial<Opened> = {};
  /** Set to make opening fail. */
  failure: Error | null = null;
  /** Set to make opening wait. */
  gate: Promise<void> | null = null;

  /** Called with each session before its opening is answered. */
  onOpen: (session: ScriptedSession) => void | Promise<void> = () => {};

  async open(options: OpenOptions): Promise<Session> {
    this.openings++;
    const aborted = new Promise<never>((_, reject) => {
      options.signal?.addEventListener("abort", () => {
        this.aborted++;
        reject(new SkeinError("agent", "killed while it started"));
      });
    });
    await Promise.race([this.gate, aborted]);
    if (this.failure) throw this.failure;
    const session = new ScriptedSession(this, options, `agent-session-${this.sessions.length + 1}`);
    this.sessions.push(session);
    await this.onOpen(session);
    return session;
  }

  get last(): ScriptedSession {
    const session = this.sessions.at(-1);
    if (!session) throw new Error("No session was opened.");
    return session;
  }
}

type Call =
  | { call: "prompt"; prompt: number; blocks: readonly ContentBlock[] }
  | { call: "answerPermission"; request: string; optionId: string | null }
  | { call: "answerQuestion"; request: string; answer: { action: string; content?: JsonObject } }
  | { call: "setMode"; mode: string }
  | { call: "setConfig"; option: string; value: string | boolean }
  | { call: "cancel" | "close" | "kill" };

export class ScriptedSession implements Session {
  readonly id: string;
  readonly opened: Opened;
  readonly options: OpenOptions;
  /** Everything that was asked of the agent, in order. */
  readonly calls: Call[] = [];
  alive = true;

  constructor(driver: ScriptedDriver, options: OpenOptions, id: string) {
    this.options = options;
    this.id = options.resume ?? id;
    this.opened = {
      accepts: { image: true, audio: false, resource: true },
      canResume: true,
      resumed: options.resume !== undefined,
      ...driver.opened,
    };
  }

  /** Numbers of the prompts it was given. */
  get prompts(): number[] {
    return this.calls.flatMap((each) => (each.call === "prompt" ? [each.prompt] : []));
  }

  did(call: Call["call"]): boolean {
    return this.calls.some((each) => each.call === call);
  }

  emit(event: DriverEvent): void | Promise<void> {
    this.options.record("in", JSON.stringify(event));
    return this.options.emit(event);
  }

  update(update: SessionUpdate): void | Promise<void> {
    return this.emit({ type: "update", update });
  }

  say(text: string, more: JsonObject = {}): void | Promise<void> {
    return this.update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text }, ...more });
  }

  /** Ends the prompt it was given last. */
  end(stopReason = "end_turn", usage?: JsonObject): void {
    const prompt = this.prompts.at(-1) ?? 0;
    void this.emit({ type: "turn", prompt, stopReason, ...(usage ? { usage } : {}) });
  }

  exit(code: number | null = 0, more: Partial<Extract<DriverEvent, { type: "exited" }>> = {}): void {
    if (!this.alive) return;
    this.alive = false;
    void this.emit({ type: "exited", code, signal: null, stderr: "", expected: false, ...more });
  }

  prompt(prompt: number, blocks: readonly ContentBlock[]): void {
    this.calls.push({ call: "prompt", prompt, blocks });
  }

  cancel(): void {
    this.calls.push({ call: "cancel" });
  }

  answerPermission(request: string, optionId: string | null): void {
    this.calls.push({ call: "answerPermission", request, optionId });
  }

  answerQuestion(request: string, answer: { action: "accept" | "decline" | "cancel"; content?: JsonObject }): void {
    this.calls.push({ call: "answerQuestion", request, answer });
  }

  async setMode(mode: string): Promise<void> {
    this.calls.push({ call: "setMode", mode });
  }

  async setConfig(option: string, value: string | boolean): Promise<void> {
    this.calls.push({ call: "setConfig", option, value });
  }

  async close(): Promise<void> {
    this.calls.push({ call: "close" });
    this.exit(0, { expected: true });
  }

  kill(): void {
    this.calls.push({ call: "kill" });
    this.exit(null, { signal: "SIGKILL", expected: true });
  }
}

/** A person is asked whether a tool call may go on. */
export const permission = (request: string, toolCallId = "a"): DriverEvent => ({
  type: "permission",
  request,
  toolCall: { toolCallId, title: "rm x" },
  options: [
    { optionId: "yes", name: "Yes", kind: "allow_once" },
    { optionId: "no", name: "No", kind: "reject_once" },
  ],
});
