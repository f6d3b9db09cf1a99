import { SkeinError } from "@skein/client/protocol";
import type { Clock } from "../../clock.ts";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { AgentLink, type Gone } from "../agent-link.ts";
import type { Driver, DriverEvent, OpenOptions, Session } from "../driver.ts";
import { RequestError } from "../rpc-peer.ts";
import { Conversation } from "./conversation.ts";
import { Events } from "./events.ts";
import { handshake, type Handshake } from "./handshake.ts";
import { isSpentByCancel, quirksOf, type Quirks } from "./quirks.ts";
import { AcpSession } from "./session.ts";

/** Bounds on time, in milliseconds, and on size, in bytes of UTF-8. */
export type AcpBounds = {
  /** For each answer of the handshake, and to later settings. */
  answerMs: number;
  /** A replay is over when, after the answer to `session/load`, nothing of it came for this long… */
  quietMs: number;
  /** …or after this long, whatever comes. */
  replayMs: number;
  closeMs: number;
  inputMs: number;
  termMs: number;
  maxLineBytes: number;
  /** An agent that leaves more than this many bytes sent to it unread is ended. */
  maxUnreadBytes: number;
};

export const ACP_BOUNDS: AcpBounds = {
  answerMs: 60_000,
  quietMs: 250,
  replayMs: 10_000,
  closeMs: 1000,
  inputMs: 2000,
  termMs: 3000,
  maxLineBytes: DEFAULT_SETTINGS.agents.lineBytes,
  maxUnreadBytes: 128 * 1024 * 1024,
};

export type AcpDriverOptions = {
  clock: Clock;
  /** What we say we are. */
  client: { name: string; version: string };
  /** Added to the environment of every process started: agents, and the terminals they ask for. */
  env?: Readonly<Record<string, string>>;
  bounds?: Partial<AcpBounds>;
  /** Agents are confined from outside: Skein reads and writes no files, and runs no commands, for them. */
  confine?: boolean;
};

/** Drives any agent that speaks ACP version 1 on its stdio. */
export class AcpDriver implements Driver {
  readonly #clock: Clock;
  readonly #client: { name: string; version: string };
  readonly #env: Readonly<Record<string, string>>;
  readonly #bounds: AcpBounds;
  readonly #confine: boolean;

  constructor(options: AcpDriverOptions) {
    this.#clock = options.clock;
    this.#client = options.client;
    this.#env = options.env ?? {};
    this.#bounds = { ...ACP_BOUNDS, ...options.bounds };
    this.#confine = options.confine ?? false;
  }

  async open(options: OpenOptions): Promise<Session> {
    const { command, args, cwd } = options;
    if (options.signal?.aborted) throw new SkeinError("agent", "The agent was not wanted any more.");
    const env = { ...this.#env, ...options.env };
    const bounds = this.#bounds;
    const quirks = quirksOf(command, args);
    const hopeless = Promise.withResolvers<never>();
    const events = new Events(options, (error) => link.giveUp(`what it said could not be taken: ${String(error)}`));
    const conversation = new Conversation({
      cwd,
      // A file comes in a line, too.
      confine: this.#confine,
      maxFileBytes: bounds.maxLineBytes,
      env: this.#env,
      clock: this.#clock,
      emit: events.emit,
      hopeless: () => hopeless.reject(new SkeinError("agent", "The agent does not speak ACP.")),
    });
    const link = new AgentLink({
      command,
      args,
      env,
      cwd,
      record: (direction, line) => {
        if (direction !== "in" || !conversation.replay.repeats(line)) events.record(direction, line);
      },
      clock: this.#clock,
      graces: quirks.heedsInputEnd ? bounds : { ...bounds, inputMs: 0 },
      maxLineBytes: bounds.maxLineBytes,
      maxUnreadBytes: bounds.maxUnreadBytes,
      request: (method, params, reply) => conversation.request(method, params, reply),
      notification: (method, params) => conversation.notification(method, params),
      fault: (text, line) => conversation.fault(text, line),
    });
    const abandon = (): void => link.kill();
    options.signal?.addEventListener("abort", abandon);
    try {
      const opening = this.#shakeHands({ ...options, quirks }, link, conversation, events.emit);
      const done = await Promise.race([opening, hopeless.promise]);
      conversation.open = true;
      const ended = tellEnd(link, conversation, events.emit);
      const spentByCancel = isSpentByCancel(done.opened.agent);
      return new AcpSession({
        link,
        conversation,
        handshake: done,
        emit: events.emit,
        ended,
        spentByCancel,
        ...bounds,
      });
    } catch (error) {
      events.mute();
      conversation.terminals.killNow();
      await link.end();
      await conversation.terminals.close();
      throw explain(error, await link.gone, conversation.garbage);
    } finally {
      options.signal?.removeEventListener("abort", abandon);
    }
  }

  async #shakeHands(
    { cwd, resume, quirks }: OpenOptions & { quirks: Quirks },
    link: AgentLink,
    conversation: Conversation,
    emit: (event: DriverEvent) => void | Promise<void>,
  ): Promise<Handshake> {
    const { replay } = conversation;
    const done = await handshake({
      ask: async (method, params) => {
        const answer = await link.peer.ask(method, params, this.#bounds.answerMs);
        conversation.understood();
        return answer;
      },
      loading: () => replay.start(),
      lost: (reason) => {
        replay.end();
        void emit({
          type: "notice",
          level: "warning",
          text: `The agent could not go on with the conversation: ${reason.replace(/\.$/, "")}. It was given a new one, and remembers nothing of what was said before.`,
        });
      },
      client: this.#client,
      offerFiles: quirks.offerFiles && !this.#confine,
      offerTerminals: !this.#confine,
      cwd,
      resume,
    });
    conversation.id = done.id;
    if (replay.running) await this.#quiet(conversation);
    return done;
  }

  /** Waits until the replay is over: agents answer before it, amid it, or after it. */
  async #quiet({ replay }: Conversation): Promise<void> {
    const deadline = this.#clock.elapsed() + this.#bounds.replayMs;
    for (let seen = -1; seen !== replay.seen && this.#clock.elapsed() < deadline;) {
      seen = replay.seen;
      await new Promise<void>((resolve) => void this.#clock.setTimeout(resolve, this.#bounds.quietMs));
    }
  }
}

async function tellEnd(
  link: AgentLink,
  conversation: Conversation,
  emit: (event: DriverEvent) => void | Promise<void>,
): Promise<void> {
  const { code, signal, stderr, expected } = await link.gone;
  await conversation.asked.cancelAll();
  await conversation.terminals.close();
  void emit({ type: "exited", code, signal, stderr, expected });
}

/** The error with what is known of the agent's end: its exit, its last words, what it said instead of an answer. */
function explain(error: unknown, gone: Gone, garbage: string | null): SkeinError {
  const { code, signal, stderr, lastWords, expected } = gone;
  const known = error instanceof SkeinError ? error : new SkeinError("agent", String(error), { cause: error });
  const { detail } = known;
  const says = [
    known.message,
    garbage === null ? "" : `It printed what is not JSON-RPC: ${garbage.slice(0, 200)}`,
    lastWords === undefined || known.cause instanceof RequestError ? "" : `Its last words: ${lastWords.slice(0, 500)}`,
  ].filter((part) => part !== "");
  return new SkeinError(known.kind, says.join(" "), {
    retry: known.retry,
    cause: error,
    detail: {
      ...(typeof detail === "object" && detail !== null ? detail : {}),
      ...(expected ? {} : { exit: { code, signal } }),
      stderr,
      ...(garbage === null ? {} : { garbage }),
    },
  });
}
