import type { Json, JsonObject } from "@skein/client/protocol";
import type { Clock } from "../../clock.ts";
import type { DriverEvent, SessionUpdate } from "../driver.ts";
import { RequestError, RPC, type Reply } from "../rpc-peer.ts";
import { Asked } from "./asked.ts";
import { Files, type Leave, type OutsideWrite } from "./files.ts";
import { Replay } from "./replay.ts";
import { Terminals } from "./terminals.ts";

export type ConversationOptions = {
  cwd: string;
  /** The largest file an agent may read through us, in bytes. */
  maxFileBytes: number;
  /** The agent is confined from outside, so Skein reads, writes and runs nothing for it. */
  confine: boolean;
  /** Added to the environment of the terminals. */
  env: Readonly<Record<string, string>>;
  clock: Clock;
  emit: (event: DriverEvent) => void | Promise<void>;
  /** Called when all an agent has said is garbage, and a lot of it. */
  hopeless(line: string): void;
};

type Handler = (params: Json | undefined, reply: Reply) => void | Promise<void>;

/** So many lines of garbage before the first message, and it is no agent that speaks. */
const HOPELESS_LINES = 1000;

/** What an agent says and asks of its own accord: ACP version 1's client side. */
export class Conversation {
  readonly replay = new Replay();
  readonly asked: Asked;
  readonly terminals: Terminals;
  /** The agent's id of the conversation, once it is known. */
  id: string | null = null;
  /** Set once there is somebody who can be asked. */
  open = false;
  /** The first line that was no message. */
  garbage: string | null = null;
  readonly #options: ConversationOptions;
  readonly #requests: ReadonlyMap<string, Handler>;
  readonly #prefix: string;
  #writes = 0;
  #understood = false;
  #garbageLines = 0;
  /** What was told once and need not be told again. */
  readonly #told = new Set<string>();

  constructor(options: ConversationOptions) {
    const { emit, clock, cwd, env, maxFileBytes } = options;
    const prefix = `${clock.now().toString(36)}-`;
    const files = new Files(cwd, maxFileBytes);
    const terminals = new Terminals({ prefix, cwd, env, clock, emit });
    this.#options = options;
    this.#prefix = prefix;
    this.asked = new Asked(prefix, emit);
    this.terminals = terminals;
    const requests: Record<string, Handler> = {
      "fs/read_text_file": async (params, reply) => {
        this.#checkOffered();
        reply.result(await files.read(params));
      },
      "fs/write_text_file": (params, reply) => {
        this.#checkOffered();
        return this.#write(files, params, reply);
      },
      "terminal/create": (params, reply) => {
        this.#checkOffered();
        reply.result(terminals.create(params));
      },
      "terminal/output": (params, reply) => reply.result(terminals.output(params)),
      "terminal/wait_for_exit": (params, reply) => terminals.waitForExit(params, reply),
      "terminal/kill": (params, reply) => reply.result(terminals.kill(params)),
      "terminal/release": (params, reply) => reply.result(terminals.release(params)),
      "session/request_permission": (params, reply) => {
        if (this.open) return this.asked.permission(params, reply);
        reply.result({ outcome: { outcome: "cancelled" } });
      },
      "elicitation/create": (params, reply) => {
        if (this.open) return this.asked.question(params, reply);
        reply.result({ action: "cancel" });
      },
    };
    this.#requests = new Map(Object.entries(requests));
  }

  /** Takes a request; one that fails is answered with the reason. */
  async request(method: string, params: Json | undefined, reply: Reply): Promise<void> {
    this.#understood = true;
    const handler = this.#requests.get(method);
    if (!handler) {
      reply.error(new RequestError(RPC.methodNotFound, `Method not found: ${method}`, { method }));
      const level = method.startsWith("_") ? "info" : "warning";
      return this.#tellOnce(level, `The agent asked for "${method}", which Skein does not know.`, params);
    }
    try {
      await handler(params, reply);
    } catch (error) {
      const failure = asRequestError(error);
      const reason = failure.message;
      reply.error(failure);
      // Whoever was to be asked would else never know of it.
      if (method === "session/request_permission" || method === "elicitation/create") {
        await this.#tell(
          "warning",
          `The agent asked for something in a way Skein does not understand. ${reason}`,
          params,
        );
      }
    }
  }

  notification(method: string, params: Json | undefined): void | Promise<void> {
    this.#understood = true;
    const members = isObject(params) ? params : {};
    switch (method) {
      case "session/update":
        return this.#update(members);
      case "$/cancel_request":
        return this.asked.takeBack(members["requestId"]);
      case "elicitation/complete":
        return this.asked.complete(members["elicitationId"]);
      default:
        // `_` marks an extension, `$/` what may be ignored: those are for programs, and stand in the recorded lines.
        if (method.startsWith("_") || method.startsWith("$/")) return;
        return this.#tellOnce("info", `The agent sent "${method}", which Skein does not know.`, params);
    }
  }

  /** Takes what is no message. */
  fault(text: string, line: string): void | Promise<void> {
    this.garbage ??= line;
    if (++this.#garbageLines >= HOPELESS_LINES && !this.#understood) this.#options.hopeless(this.garbage);
    return this.#tell("warning", `The agent sent ${text}.`, line);
  }

  /** Takes note that the agent has answered something, and so speaks the protocol. */
  understood(): void {
    this.#understood = true;
  }

  #checkOffered(): void {
    if (!this.#options.confine) return;
    const message = "Skein does nothing on this machine for agents: agents.confine is set in its settings.";
    throw new RequestError(RPC.methodNotFound, message);
  }

  /** Writes a file. Reading from the agent waits for the write, but not for a person. */
  #write(files: Files, params: Json | undefined, reply: Reply): Promise<void> {
    const waits = Promise.withResolvers<void>();
    const written = async (): Promise<void> => {
      let call: string | null = null;
      const answer = await files
        .write(params, async (write) => {
          call = `${this.#prefix}w${++this.#writes}`;
          waits.resolve();
          return this.#askToWrite(call, write, reply);
        })
        .catch(asRequestError);
      if (call !== null) {
        const status = answer instanceof RequestError ? "failed" : "completed";
        const update = { sessionUpdate: "tool_call_update", toolCallId: call, status };
        await this.#options.emit({ type: "update", update });
      }
      if (answer instanceof RequestError) reply.error(answer);
      else reply.result(answer);
    };
    return Promise.race([written(), waits.promise]);
  }

  /** Asks a person about a write as the agent would ask: with a tool call that shows what is to change. */
  async #askToWrite(toolCallId: string, write: OutsideWrite, { id }: Reply): Promise<Leave> {
    if (!this.open) return "refused";
    const { path, directory, before, content } = write;
    const diff = { type: "diff", path, oldText: before, newText: content };
    const toolCall = { toolCallId, title: `Write ${path}`, kind: "edit", content: [diff], locations: [{ path }] };
    const options = [
      { optionId: "once", name: "Allow", kind: "allow_once" },
      { optionId: "always", name: `Allow all in ${directory}`, kind: "allow_always" },
      { optionId: "refused", name: "Refuse", kind: "reject_once" },
    ];
    const answered = Promise.withResolvers<Json>();
    // Under the id of the agent's own request, which it may take back.
    const reply: Reply = { id, result: answered.resolve, error: () => answered.resolve(null) };
    await this.asked.permission({ toolCall, options }, reply);
    const answer = await answered.promise;
    const outcome = isObject(answer) ? answer["outcome"] : null;
    const option = isObject(outcome) ? outcome["optionId"] : null;
    return option === "once" || option === "always" ? option : "refused";
  }

  #update(params: JsonObject): void | Promise<void> {
    const { update, sessionId } = params;
    if (!isUpdate(update)) return this.#tell("warning", "The agent sent an update without a kind.", params);
    if (this.replay.includes(update)) return;
    const foreign = this.id !== null && sessionId !== undefined && sessionId !== this.id;
    if (!foreign) return this.#options.emit({ type: "update", update });
    const session = typeof sessionId === "string" ? sessionId : JSON.stringify(sessionId);
    return this.#options.emit({ type: "foreign", session, update });
  }

  #tellOnce(level: "info" | "warning", text: string, detail: Json | undefined): void | Promise<void> {
    if (this.#told.has(text)) return;
    // An agent that makes up ever new names is not worth remembering them all.
    if (this.#told.size >= 1000) return;
    this.#told.add(text);
    return this.#tell(level, text, detail);
  }

  #tell(level: "info" | "warning", text: string, detail: Json | undefined): void | Promise<void> {
    return this.#options.emit({ type: "notice", level, text, ...(detail === undefined ? {} : { detail }) });
  }
}

function asRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError(RPC.internal, error instanceof Error ? error.message : String(error));
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isUpdate = (value: Json | undefined): value is SessionUpdate =>
  isObject(value) && typeof value["sessionUpdate"] === "string";
