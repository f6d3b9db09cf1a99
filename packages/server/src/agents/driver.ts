import type { Json, JsonObject } from "@skein/client/protocol";

/**
 * A driver talks to one kind of agent and speaks ACP's vocabulary to the rest of Skein
 * (https://agentclientprotocol.com, protocol version 1). It tells what happens as ONE ordered stream of events: the
 * order of `emit` calls is the agent's order (G8).
 */
export interface Driver {
  /**
   * Starts the agent and opens a conversation: a new one, or `resume` of one the agent knows by that id.
   * @throws SkeinError `agent` with a message a person can act on: not found, needs a login (with the agent's own
   *   methods in `detail`), died (with the tail of its stderr), answered garbage, took too long.
   */
  open(options: OpenOptions): Promise<Session>;
}

export type OpenOptions = {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Absolute. What the agent would write elsewhere through us, a person is asked about. */
  cwd: string;
  /** The agent's own id of a conversation to go on with. */
  resume?: string;
  /** Aborted before `open` has resolved, the agent is killed, and `open` rejects once it is gone. */
  signal?: AbortSignal;
  /**
   * Takes each event in order. When it returns a promise, reading from the agent waits for it (backpressure); when it
   * throws or rejects, the agent is killed, and nothing but `exited` is told any more, with the reason in its `stderr`.
   * Updates and notices may come before `open` has resolved; a permission or a question never does.
   * Events of a conversation being replayed by `session/load` are not emitted.
   */
  emit(event: DriverEvent): void | Promise<void>;
  /**
   * Takes each line exchanged, as it came, for the `events` table, but for those of a replay. When it throws, the same
   * happens.
   */
  record(direction: "in" | "out" | "error", line: string): void;
};

/** One conversation with a running agent. No method waits for the agent's work. */
export interface Session {
  /** The agent's own id of the conversation. */
  readonly id: string;
  /** What was learned when it was opened. */
  readonly opened: Opened;
  /** Whether the agent is there. What fails once it is not was not refused by it; `exited` is told soon after. */
  readonly alive: boolean;
  /**
   * Sends a prompt; its end comes as a `turn` event with the same `prompt` number, or as `exited`.
   * @throws SkeinError `busy` while another runs: one at a time.
   */
  prompt(prompt: number, blocks: readonly ContentBlock[]): void;
  /** Asks the agent to stop the running prompt; permissions and questions are answered `cancelled` until it ends. */
  cancel(): void;
  /** Answers a `permission` event; `null` means cancelled. An unknown or answered request is ignored. */
  answerPermission(request: string, optionId: string | null): void;
  /** Answers a `question` event. */
  answerQuestion(request: string, answer: { action: "accept" | "decline" | "cancel"; content?: JsonObject }): void;
  /**
   * Success is also told as a `current_mode_update` event, at its place among the others.
   * @throws SkeinError `agent` when the agent refuses, does not answer or is gone, `unsupported` when it cannot.
   */
  setMode(mode: string): Promise<void>;
  /** Success is also told as a `config_option_update` event, as the agent answered it. @throws as `setMode`. */
  setConfig(option: string, value: string | boolean): Promise<void>;
  /** Ends the agent: end of stdin, then SIGTERM, then SIGKILL to its process group. Resolves when it is gone and `exited` was told. */
  close(): Promise<void>;
  /** SIGKILL to the process group at once. */
  kill(): void;
}

export type Opened = {
  mode?: string;
  modes?: { id: string; name: string; description?: string | null }[];
  config?: JsonObject[];
  accepts: { image: boolean; audio: boolean; resource: boolean };
  /** Whether the conversation can be gone on with after the agent ended. */
  canResume: boolean;
  /** Whether `resume` was asked for and the agent could: `false` means a new conversation was opened instead. */
  resumed: boolean;
  agent?: { name?: string; version?: string };
};

/** ACP content block; members beyond `type` as the protocol has them, unknown ones kept. */
export type ContentBlock = { type: string } & { [member: string]: Json };

/** An ACP `session/update`, unknown variants and members kept. */
export type SessionUpdate = { sessionUpdate: string } & { [member: string]: Json };

export type DriverEvent =
  | { type: "update"; update: SessionUpdate }
  /** An update of another conversation that the agent has, e.g. a subagent's. */
  | { type: "foreign"; session: string; update: SessionUpdate }
  /** `request` names it in `answerPermission`. */
  | {
      type: "permission";
      request: string;
      toolCall: { toolCallId: string } & { [member: string]: Json };
      options: { optionId: string; name: string; kind: string }[];
    }
  | { type: "question"; request: string; message: string; mode: "form" | "url"; schema?: JsonObject; url?: string }
  /** The agent took a request back, or the prompt it belonged to ended. */
  | { type: "withdrawn"; request: string }
  /** A real process the agent had us start. `output` is text, decoded across chunk borders. */
  | { type: "terminal"; terminal: string; event: "started"; command: string; args: string[]; cwd: string }
  | { type: "terminal"; terminal: string; event: "output"; text: string }
  | { type: "terminal"; terminal: string; event: "exited"; code: number | null; signal: string | null }
  /** A prompt ended. */
  | { type: "turn"; prompt: number; stopReason: string; usage?: JsonObject }
  | { type: "turn"; prompt: number; error: { message: string; detail?: Json } }
  /** Something a person should know: garbage on stdout, a line over the bound, an unknown method asked for. */
  | { type: "notice"; level: "info" | "warning" | "error"; text: string; detail?: Json }
  /** The agent is gone; the last event there is. `stderr` is the tail of what it said there. */
  | { type: "exited"; code: number | null; signal: string | null; stderr: string; expected: boolean };
