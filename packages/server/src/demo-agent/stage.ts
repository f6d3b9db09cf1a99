import { setImmediate as turnOfTheLoop, setTimeout as sleep } from "node:timers/promises";
import {
  methods,
  RequestError,
  type AgentContext,
  type ClientCapabilities,
  type ContentBlock,
  type PlanEntry,
  type SessionUpdate,
  type ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import { chunks, seedOf } from "./chunks.ts";
import type { Conversation } from "./memory.ts";

/** Thrown inside a turn that the client cancelled. */
export class Cancelled extends Error {
  constructor() {
    super("The turn was cancelled.");
    this.name = "Cancelled";
  }
}

type StageOptions = {
  client: AgentContext;
  conversation: Conversation;
  capabilities: ClientCapabilities;
  prompt: string;
  signal: AbortSignal;
  /** Milliseconds between two chunks; a step takes ten times that. */
  delayMs: number;
};

/** What a scene can do in one turn. Every method throws `Cancelled` once the client asked to stop. */
export class Stage {
  readonly client: AgentContext;
  readonly conversation: Conversation;
  readonly capabilities: ClientCapabilities;
  readonly prompt: string;
  readonly signal: AbortSignal;
  /** All text said so far in this turn. */
  said = "";
  readonly #delayMs: number;
  readonly #seed: number;
  #calls = 0;

  constructor(options: StageOptions) {
    this.client = options.client;
    this.conversation = options.conversation;
    this.capabilities = options.capabilities;
    this.prompt = options.prompt;
    this.signal = options.signal;
    this.#delayMs = options.delayMs;
    this.#seed = seedOf(options.prompt);
  }

  get brief(): boolean {
    return this.conversation.verbosity === "brief";
  }

  async think(text: string): Promise<void> {
    for (const chunk of chunks(text, this.#seed)) {
      await this.update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: chunk } });
      await this.pause(1);
    }
  }

  async say(text: string): Promise<void> {
    for (const chunk of chunks(text, this.#seed)) await this.sayAtOnce(chunk);
  }

  /** Says a text in one chunk. */
  async sayAtOnce(text: string): Promise<void> {
    this.said += text;
    await this.update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
    await this.pause(1);
  }

  async show(content: ContentBlock): Promise<void> {
    await this.update({ sessionUpdate: "agent_message_chunk", content });
  }

  /** Shows a plan with its first `done` steps completed and the next in progress. */
  async plan(steps: readonly string[], done: number): Promise<void> {
    const entries = steps.map((content, index): PlanEntry => {
      const status = index < done ? "completed" : index === done ? "in_progress" : "pending";
      return { content, priority: index === 0 ? "high" : "medium", status };
    });
    await this.update({ sessionUpdate: "plan", entries });
    await this.step();
  }

  /** An id for a tool call, new in this conversation. */
  newCall(): string {
    return `call-${this.conversation.exchanges.length + 1}-${++this.#calls}`;
  }

  /** Asks for leave, unless the mode is `auto`. */
  async permit(toolCall: ToolCallUpdate): Promise<boolean> {
    if (this.conversation.mode === "auto") return true;
    const { outcome } = await this.unlessCancelled(
      this.client.request(methods.client.session.requestPermission, {
        sessionId: this.conversation.id,
        toolCall,
        options: [
          { optionId: "allow", name: "Allow", kind: "allow_once" },
          { optionId: "always", name: "Allow, and stop asking", kind: "allow_always" },
          { optionId: "reject", name: "Reject", kind: "reject_once" },
        ],
      }),
    );
    if (outcome.outcome === "cancelled") throw new Cancelled();
    if (outcome.optionId === "always") {
      this.conversation.mode = "auto";
      await this.update({ sessionUpdate: "current_mode_update", currentModeId: "auto" });
    }
    return outcome.optionId !== "reject";
  }

  async update(update: SessionUpdate): Promise<void> {
    if (this.signal.aborted) throw new Cancelled();
    await this.report(update);
  }

  /** As `update`, also after a cancel: for the last word on what is left open. */
  async report(update: SessionUpdate): Promise<void> {
    await this.client.notify(methods.client.session.update, { sessionId: this.conversation.id, update });
  }

  /** A pause as long as a small piece of work takes. */
  async step(): Promise<void> {
    await this.pause(10);
  }

  async pause(units: number): Promise<void> {
    if (this.signal.aborted) throw new Cancelled();
    try {
      // Without a delay too, the event loop must get to read a cancel.
      if (this.#delayMs === 0) await turnOfTheLoop();
      else await sleep(this.#delayMs * units, undefined, { signal: this.signal });
    } catch {
      throw new Cancelled();
    }
    if (this.signal.aborted) throw new Cancelled();
  }

  /** Waits for an answer, but no longer than until the client cancels. */
  async unlessCancelled<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { promise: cancelled, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(new Cancelled());
    if (this.signal.aborted) stop();
    this.signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([answer, cancelled]);
    } finally {
      this.signal.removeEventListener("abort", stop);
    }
  }
}

/** A turn that ends in an error, because the prompt asked for one. */
export const failure = (message: string): RequestError => new RequestError(-32603, message);
