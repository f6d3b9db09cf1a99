import { SkeinError, type Json, type JsonObject } from "@skein/client/protocol";
import type { ContentBlock, DriverEvent, Opened, Session } from "../driver.ts";
import type { AgentLink } from "../agent-link.ts";
import { RequestError, RPC, type Outcome } from "../rpc-peer.ts";
import type { Conversation } from "./conversation.ts";
import { tellError, type Handshake } from "./handshake.ts";

export type AcpSessionOptions = {
  link: AgentLink;
  conversation: Conversation;
  handshake: Handshake;
  emit: (event: DriverEvent) => void | Promise<void>;
  /** Resolves when the agent is gone and that was told. */
  ended: Promise<void>;
  /** How long the agent may take to set a mode or an option, in milliseconds. */
  answerMs: number;
  /** How long the agent may take to close the conversation before its process is ended, in milliseconds. */
  closeMs: number;
  /** Whether the agent must be started anew after a cancel, see `isSpentByCancel`. */
  spentByCancel: boolean;
};

/** What we ask of an agent in an open conversation. */
export class AcpSession implements Session {
  readonly id: string;
  readonly opened: Opened;
  readonly #options: AcpSessionOptions;
  #running: number | null = null;
  #cancelling = false;
  #closing: Promise<void> | null = null;

  constructor(options: AcpSessionOptions) {
    this.#options = options;
    this.id = options.handshake.id;
    this.opened = options.handshake.opened;
  }

  get alive(): boolean {
    return !this.#options.link.peer.closed;
  }

  /** @throws SkeinError `busy` while another prompt runs: agents lose, cancel or never answer a second one. */
  prompt(prompt: number, blocks: readonly ContentBlock[]): void {
    if (this.#running !== null) throw new SkeinError("busy", "The agent is still at work on the prompt before.");
    this.#running = prompt;
    this.#cancelling = false;
    const { conversation, link } = this.#options;
    conversation.asked.cancelling = false;
    conversation.replay.end();
    link.peer.request("session/prompt", { sessionId: this.id, prompt: [...blocks] }, (outcome) =>
      this.#ended(prompt, outcome),
    );
  }

  cancel(): void {
    if (this.#running !== null) {
      this.#cancelling = true;
      this.#options.conversation.asked.cancelling = true;
      this.#options.link.peer.notify("session/cancel", { sessionId: this.id });
    }
    void this.#options.conversation.asked.cancelAll();
  }

  answerPermission(request: string, optionId: string | null): void {
    this.#options.conversation.asked.answerPermission(request, optionId);
  }

  answerQuestion(request: string, answer: { action: "accept" | "decline" | "cancel"; content?: JsonObject }): void {
    this.#options.conversation.asked.answerQuestion(request, answer);
  }

  async setMode(mode: string): Promise<void> {
    if (!this.opened.modes) throw new SkeinError("unsupported", "The agent has no modes.");
    await this.#ask("session/set_mode", { sessionId: this.id, modeId: mode });
    await this.#options.emit({ type: "update", update: { sessionUpdate: "current_mode_update", currentModeId: mode } });
  }

  async setConfig(option: string, value: string | boolean): Promise<void> {
    if (!this.opened.config) throw new SkeinError("unsupported", "The agent has no options to set.");
    const answer = await this.#ask("session/set_config_option", {
      sessionId: this.id,
      configId: option,
      ...(typeof value === "boolean" ? { type: "boolean" } : {}),
      value,
    });
    const configOptions =
      typeof answer === "object" && answer !== null && !Array.isArray(answer) ? answer["configOptions"] : null;
    if (!Array.isArray(configOptions)) return;
    await this.#options.emit({ type: "update", update: { sessionUpdate: "config_option_update", configOptions } });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  kill(): void {
    this.#options.conversation.terminals.killNow();
    this.#options.link.kill();
  }

  async #close(): Promise<void> {
    const { link, conversation, handshake, closeMs, ended } = this.#options;
    await conversation.asked.cancelAll();
    // Only a courtesy: an agent that refuses, or takes long, is ended all the same.
    if (handshake.closes) await link.peer.ask("session/close", { sessionId: this.id }, closeMs).catch(() => null);
    await link.end();
    await ended;
  }

  async #ended(prompt: number, outcome: Outcome): Promise<void> {
    this.#running = null;
    const { conversation, emit, spentByCancel } = this.#options;
    conversation.asked.cancelling = false;
    // The agent's end is told by `exited`.
    if (!outcome.ok && outcome.error instanceof SkeinError) return;
    if (spentByCancel && this.#cancelling) {
      // Not awaited: its end comes only once this line is dealt with.
      void this.close();
      return;
    }
    await conversation.asked.cancelAll();
    await emit({ type: "turn", prompt, ...readEnd(outcome) });
  }

  #ask(method: string, params: JsonObject): Promise<Json> {
    return this.#options.link.peer.ask(method, params, this.#options.answerMs).catch((error: unknown) => {
      if (!(error instanceof RequestError)) throw error;
      const kind = error.code === RPC.methodNotFound ? "unsupported" : "agent";
      throw new SkeinError(kind, `The agent refused: ${tellError(error)}`, { detail: error.data, cause: error });
    });
  }
}

type End = { stopReason: string; usage?: JsonObject } | { error: { message: string; detail?: Json } };

function readEnd(outcome: Outcome): End {
  if (!outcome.ok) {
    const { error } = outcome;
    if (!(error instanceof RequestError)) return { error: { message: error.message } };
    const message =
      error.code === RPC.authRequired
        ? `The agent needs a login: sign in with its own program, then try again. (${tellError(error)})`
        : tellError(error);
    return {
      error: { message, detail: { code: error.code, ...(error.data === undefined ? {} : { data: error.data }) } },
    };
  }
  const { result } = outcome;
  if (
    typeof result !== "object" ||
    result === null ||
    Array.isArray(result) ||
    typeof result["stopReason"] !== "string"
  ) {
    return { error: { message: "The agent ended its turn without saying why.", detail: result } };
  }
  const { stopReason, usage } = result;
  return typeof usage === "object" && usage !== null && !Array.isArray(usage) ? { stopReason, usage } : { stopReason };
}
