import {
  boardTopic,
  SkeinError,
  splitTopic,
  threadTopic,
  type CheckedParams,
  type CommandName,
  type JsonObject,
  type Limits,
} from "@skein/client/protocol";
import type { Clock, Timer } from "../clock.ts";
import type { Health } from "../health.ts";
import type { Hub } from "../hub/hub.ts";
import type { CommandAnswer, Store } from "../store/contract.ts";
import type { Access } from "./access.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { AgentSlots } from "./agent-slots.ts";
import { said } from "./agent-session.ts";
import { busyThreads } from "./busy-threads.ts";
import { creation } from "./create.ts";
import type { Drivers } from "./drivers.ts";
import { closeLeft, loadThread, type Ending } from "./load.ts";
import type { BlobStore } from "./outlet.ts";
import { checkPrompt } from "./prompt-check.ts";
import { Thread, type Answer } from "./thread.ts";
import type { Asker } from "./thread-log.ts";
import type { Times } from "./turn-runner.ts";
import type { SetBounds } from "./writer/bounds.ts";
import { Turnstile } from "./turnstile.ts";

export type ThreadsOptions = {
  store: Store;
  hub: Hub;
  health: Health;
  clock: Clock;
  blobs: BlobStore;
  drivers: Drivers;
  access: Access;
  /** Makes the id of a new thread: 16 letters and digits. */
  makeId: () => string;
  limits: Pick<Limits, "promptBytes">;
  times?: Partial<Times>;
  /** How many agents may run at once. */
  most?: number;
  bounds?: SetBounds;
  /** Takes a failure that no caller waits for. */
  report: (error: unknown) => void;
};

const CRASHED: Ending = { status: "interrupted", message: "The server ended while the agent worked." };
/** How long to wait before a thread whose writes failed is read again; each time a quarter longer, up to a minute. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

type ThreadCommand = Exclude<CommandName, "thread.create">;
/** What must be looked at before a command's turn: it may take time, which commands behind it use for the same. */
type Checks = { [Name in ThreadCommand]?: (thread: Thread, params: CheckedParams<Name>) => Promise<void> };
/** A handler decides before it waits for anything: commands are decided in the order in which they came. */
type Handlers = {
  [Name in ThreadCommand]: (thread: Thread, asker: Asker, params: CheckedParams<Name>) => Promise<CommandAnswer>;
};

/** Every thread of the server: finds them, makes them, and gives each command to the one it is for. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #times: Times;
  readonly #slots: AgentSlots;
  readonly #bounds: SetBounds;
  /** Threads at work; all others are in the log alone. */
  readonly #open = new Map<string, Promise<Thread>>();
  /** How many commands hold a thread. */
  readonly #held = new Map<string, number>();
  /** What is to be said of a thread's running turn when it is read again. */
  readonly #endings = new Map<string, Ending>();
  /** Commands being carried out, by who asked and key. */
  readonly #asked = new Map<string, Promise<CommandAnswer>>();
  /** The order in which each thread's commands came. */
  readonly #arrivals = new Turnstile();
  /** Threads that will be read again, and how long the wait before the next time is. */
  readonly #retries = new Map<string, Timer>();
  readonly #retryMs = new Map<string, number>();
  #closing = false;

  constructor(options: ThreadsOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_SETTINGS.agents, ...options.times };
    this.#slots = new AgentSlots(options.most ?? DEFAULT_SETTINGS.agents.most);
    this.#bounds = options.bounds ?? DEFAULT_SETTINGS.threads;
  }

  /** Closes what a crash left open (G7). Call before any command. */
  async start(): Promise<void> {
    const { store, access, report } = this.#options;
    const left = new Set<string>();
    for (const topic of await store.openTopics()) {
      const { kind, id } = splitTopic(topic);
      if (kind === "thread") left.add(id);
    }
    // A queue that waits has nothing open in it, but its card may say that it moves.
    for (const id of await busyThreads(store, access)) left.add(id);
    for (const id of left) {
      // One thread that cannot be read must not keep the others from their people.
      await this.#with(id, async () => {}).catch(report);
    }
  }

  /**
   * Carries out a command once, however often it comes (G3).
   * @throws SkeinError for the asker alone.
   */
  handle(user: string, method: CommandName, params: { key: string } & Record<string, unknown>): Promise<CommandAnswer> {
    const name = `${user} ${params.key}`;
    const repeat = this.#asked.get(name);
    if (repeat) return repeat;
    const answer = this.#answer({ user, key: params.key }, method, params).finally(() => this.#asked.delete(name));
    this.#asked.set(name, answer);
    return answer;
  }

  /** Ends every agent and resolves when all is written. No command is taken from then on. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#retries.values()) timer.cancel();
    const threads = await Promise.allSettled(this.#open.values());
    const closed = await Promise.allSettled(
      threads.map(async (each) => each.status === "fulfilled" && each.value.close("The server was stopped.")),
    );
    // Those that waited for an agent wait no more; the others are durable with their answer.
    await Promise.allSettled(this.#asked.values());
    this.#open.clear();
    for (const each of closed) if (each.status === "rejected") this.#options.report(each.reason);
  }

  async #answer(asker: Asker, method: CommandName, params: Record<string, unknown>): Promise<CommandAnswer> {
    if (this.#closing) throw new SkeinError("busy", "The server is being stopped.", { retry: "reconnect" });
    const { store, hub, drivers, clock, access, makeId } = this.#options;
    if (method === "thread.create") {
      const create = params as CheckedParams<"thread.create">;
      const board = create.board ?? access.boardOf(asker.user);
      if (!(await access.can(asker.user, boardTopic(board), "steer"))) {
        throw new SkeinError("forbidden", "You may not make threads on that board.", { path: "params.board" });
      }
      const known = await store.answerTo(asker.user, asker.key);
      if (known) return known;
      const result = await hub.write(await creation(drivers, asker, { ...create, board }, makeId(), clock.now()));
      if (result.ok && result.answer) return result.answer;
      throw new SkeinError("internal", "The thread was not made.");
    }
    const id = params["thread"] as string;
    const place = this.#arrivals.enter(id);
    try {
      return await this.#with(id, async (thread) => {
        if (!(await access.can(asker.user, threadTopic(id), "steer", thread.state.thread.board))) throw notFound(id);
        const known = await store.answerTo(asker.user, asker.key);
        if (known) return known;
        await this.#checks[method]?.(thread, params as never);
        await place.turn;
        const answer = this.#handlers[method](thread, asker, params as never);
        place.leave();
        return answer;
      });
    } finally {
      place.leave();
    }
  }

  readonly #checks: Checks = {
    "thread.prompt": (_thread, { text, blocks = [] }) =>
      checkPrompt({ text, blocks }, this.#options.limits, this.#options.blobs),
    "thread.requeue": async (thread, { turn, text, blocks }) => {
      if (text === undefined && blocks === undefined) return;
      const now = thread.state.queue.find((each) => each.id === turn);
      const prompt = { text: text ?? now?.text ?? "", blocks: blocks ?? now?.blocks ?? [] };
      await checkPrompt(prompt, this.#options.limits, this.#options.blobs);
    },
  };

  readonly #handlers: Handlers = {
    "thread.prompt": (thread, asker, { text, blocks = [], when }) => thread.prompt(asker, { text, blocks, when }),
    "thread.cancel": (thread, asker, { turn, queue }) => thread.cancel(asker, { turn, queue }),
    "thread.unqueue": (thread, asker, { turn }) => thread.unqueue(asker, turn),
    "thread.requeue": (thread, asker, { turn, text, blocks, before }) =>
      thread.requeue(asker, turn, { text, blocks, before }),
    "thread.mode": (thread, asker, { mode }) => thread.choose(asker, { of: "mode", value: mode }),
    "thread.config": (thread, asker, { option, value }) => thread.choose(asker, { of: "config", option, value }),
    "thread.rename": (thread, asker, { title }) => thread.rename(asker, title),
    "thread.archive": (thread, asker, { archived }) => thread.archive(asker, archived),
    "thread.resume": (thread, asker) => thread.resume(asker),
    "thread.answer": (thread, asker, params) => thread.answer(asker, answerOf(params)),
  };

  /** Does something with a thread, which is read from the log if it is not at work. */
  async #with<Result>(id: string, run: (thread: Thread) => Promise<Result>): Promise<Result> {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    try {
      let opening = this.#open.get(id);
      if (!opening) {
        const reading: Promise<Thread> = this.#read(id, () => this.#open.get(id) === reading);
        opening = reading;
        this.#open.set(id, opening);
      }
      const mine = opening;
      return await run(
        await mine.catch((error: unknown) => {
          if (this.#open.get(id) === mine) this.#open.delete(id);
          throw error;
        }),
      );
    } finally {
      const held = (this.#held.get(id) ?? 1) - 1;
      if (held > 0) this.#held.set(id, held);
      else this.#held.delete(id);
      void this.#forget(id);
    }
  }

  /** @param isCurrent Whether commands for the thread still come to the one that is read here. */
  async #read(id: string, isCurrent: () => boolean): Promise<Thread> {
    const { store, hub, health, clock, blobs, drivers, report } = this.#options;
    const loaded = await loadThread(store, id);
    if (loaded === null) throw notFound(id);
    const bounds = this.#bounds;
    const thread = new Thread(
      { store, hub, health, clock, blobs, drivers, report, bounds, times: this.#times, slots: this.#slots },
      loaded.state,
      {
        failed: (error) => this.#failed(id, error, isCurrent()),
        quiet: () => void this.#forget(id),
      },
    );
    await thread.begin(closeLeft(loaded, this.#endings.get(id) ?? CRASHED, clock.now(), bounds));
    this.#endings.delete(id);
    return thread;
  }

  /** Lets a thread that rests be in the log alone: nothing holds a whole thread, nor all threads. */
  async #forget(id: string): Promise<void> {
    const opening = this.#open.get(id);
    const thread = await opening?.catch(() => null);
    await thread?.durable().catch(() => {});
    if (thread?.quiet && !this.#held.has(id) && this.#open.get(id) === opening) this.#open.delete(id);
  }

  /** The log did not take a thread's changes: it is read again, and what ran then is seen to have failed. */
  #failed(id: string, error: unknown, isCurrent: boolean): void {
    this.#options.report(error);
    // One that was read anew meanwhile is at work, and nothing of this one's concerns it.
    if (!isCurrent) return;
    const ending: Ending = { status: "failed", message: `The conversation could not be saved: ${said(error)}` };
    if (!this.#endings.has(id)) this.#endings.set(id, ending);
    this.#open.delete(id);
    this.#retry(id);
  }

  #retry(id: string): void {
    // One that fails while it is read is said to have failed twice: by itself, and to who reads it.
    if (this.#closing || this.#retries.has(id)) return;
    const wait = this.#retryMs.get(id) ?? RETRY_MS;
    this.#retryMs.set(id, Math.min(wait * 1.25, LONGEST_RETRY_MS));
    const timer = this.#options.clock.setTimeout(() => void this.#readAgain(id), wait);
    this.#retries.set(id, timer);
  }

  async #readAgain(id: string): Promise<void> {
    this.#retries.delete(id);
    try {
      await this.#with(id, async () => {});
      this.#retryMs.delete(id);
    } catch (error) {
      if (error instanceof SkeinError && error.kind === "not_found") {
        this.#retryMs.delete(id);
        this.#endings.delete(id);
        this.#options.report(error);
      } else this.#retry(id);
    }
  }
}

function answerOf(params: CheckedParams<"thread.answer">): Answer {
  const { permission, question, option, action, content } = params as Record<string, unknown>;
  return typeof permission === "string"
    ? { kind: "permission", id: permission, option: option as string }
    : {
        kind: "question",
        id: question as string,
        action: action as "accept",
        content: content as JsonObject | undefined,
      };
}

function notFound(id: string): SkeinError {
  return new SkeinError("not_found", `There is no thread ${id}, or it is not yours to see.`, { path: "params.thread" });
}
