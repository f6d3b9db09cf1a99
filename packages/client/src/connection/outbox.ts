import { SkeinError } from "../protocol/errors.ts";
import { DEFAULT_LIMITS } from "../protocol/limits.ts";
import { isCommand, type CommandName } from "../protocol/methods.ts";
import type { Topic } from "../protocol/topics.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask, Outcome } from "./ask.ts";
import { backoff } from "./backoff.ts";
import type { Clock, Timer } from "./clock.ts";
import type { OutboxStorage, StoredCommand } from "./outbox-storage.ts";

/** What became of a command: its answer's place in the log with the rest of the answer, or the error that ended it. */
export type Settled =
  | { entry: OutboxEntry; result: { topic: Topic; seq: number } & Record<string, unknown> }
  | { entry: OutboxEntry; error: SkeinError };

/** One command in the outbox. Immutable: when something about it changes, it is another object. */
export type OutboxEntry = {
  /** Made when it was given, and the same at every repeat (P61). */
  readonly key: string;
  /** The command's name. */
  readonly method: CommandName;
  /** As it is sent, but for the key. */
  readonly params: Readonly<Record<string, unknown>>;
  /** When it was given, in milliseconds since 1970; no two of one client are equal. */
  readonly at: number;
  /** Whose it is: the one who had last been greeted when it was given; `null` until somebody is. */
  readonly user: string | null;
  /**
   * `queued` waits for a connection or for the command before it; `sent` waits for the answer; `delayed` the server
   * asked to have it later; `answered` its effect is on its way to the replica of its topic.
   */
  readonly state: "queued" | "sent" | "delayed" | "answered";
  /** Answers so far that asked for a repeat. */
  readonly attempts: number;
  /** The last of them. */
  readonly error: SkeinError | null;
  /** Whether the storage has it: if not, it does not survive a reload. */
  readonly stored: boolean;
};

export type OutboxContext = {
  clock: Clock;
  random: () => number;
  announcer: Announcer;
  storage: OutboxStorage;
  /** Sends a request by whatever way there is; `false` when there is none. */
  send(ask: Ask): boolean;
  /** Gives a function that tells whether what was committed to the topic up to `seq` need not be waited for any more. */
  seen(topic: Topic, seq: number): () => boolean;
  report(error: unknown): void;
};

type Pending = {
  entry: OutboxEntry;
  resolve: (result: unknown) => void;
  reject: (error: SkeinError) => void;
  timer?: Timer;
  /** Once answered: whether the effect shows. */
  seen?: () => boolean;
};

/**
 * Commands that are not answered yet. Those of one thread are sent one after the other, in the order given, and again
 * after every loss, until they are answered: the key they bear lets them have their effect once (G3). Only what stops or
 * answers an agent does not wait for those before it. Nobody's is ever sent as another user's (G6).
 */
export class Outbox {
  readonly #context: OutboxContext;
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<(entries: readonly OutboxEntry[]) => void>();
  readonly #settledListeners = new Set<(settled: Settled) => void>();
  #entries: readonly OutboxEntry[] | null = null;
  #lastAt = 0;
  #answeredCount = 0;
  /** Who was greeted last. */
  #user: string | null = null;
  /** How long the server knows a key, in milliseconds, as it was told last. */
  #answersMs: number = DEFAULT_LIMITS.answersMs;
  #telling = false;

  constructor(context: OutboxContext) {
    this.#context = context;
    for (const { key, method, params, at, user = null } of context.storage.load().toSorted((a, b) => a.at - b.at)) {
      if (!isCommand(method)) {
        context.storage.remove(key);
        context.report(new SkeinError("unsupported", `There is no command ${method}; it was left in the outbox.`));
        continue;
      }
      this.#lastAt = Math.max(this.#lastAt, at);
      const entry: OutboxEntry = { ...NEW, key, method, params, at, user, stored: true };
      this.#pending.set(key, { entry, resolve: () => {}, reject: () => {} });
    }
  }

  /** All commands in the order given; the same array until something changes. */
  get entries(): readonly OutboxEntry[] {
    this.#entries ??= [...this.#pending.values()].map(({ entry }) => entry);
    return this.#entries;
  }

  /** Calls the listener after each change of `entries`. @returns How to stop it. */
  onChange(listener: (entries: readonly OutboxEntry[]) => void): () => void {
    return listen(this.#listeners, listener);
  }

  /**
   * Calls the listener when a command is answered for good, also one given before a reload, for which no promise is left.
   * @returns How to stop it.
   */
  onSettled(listener: (settled: Settled) => void): () => void {
    return listen(this.#settledListeners, listener);
  }

  /**
   * Takes a command out. One that was sent may have had its effect all the same.
   * @returns Whether it was there. Its promise rejects with `conflict`, and the detail `{ status: "discarded" }`.
   */
  discard(key: string): boolean {
    const pending = this.#pending.get(key);
    if (pending === undefined || pending.entry.state === "answered") return false;
    this.#fail(pending, takenOut());
    this.flush();
    return true;
  }

  /** Takes out every command that is not answered, as when its user signs out: what `discard` does, for all. */
  discardAll(): void {
    this.#context.announcer.during(() => {
      for (const pending of this.#pending.values()) {
        if (pending.entry.state !== "answered") this.#fail(pending, takenOut());
      }
    });
  }

  /**
   * The server has said who we are. What was given before anybody was known is theirs; what is another's goes: it rejects
   * with `forbidden`.
   *
   * @param answersMs How long the server knows a command's key, in milliseconds.
   */
  greeted(user: string, answersMs: number): void {
    this.#user = user;
    this.#answersMs = answersMs;
    for (const pending of this.#pending.values()) {
      const { entry } = pending;
      if (entry.user === null) {
        this.#become(pending, { user });
        // What was answered or taken out has left the storage: it must not come back with the next page.
        if (entry.stored && this.#isKept(entry.key)) this.#save(stored(pending.entry));
      } else if (entry.user !== user && entry.state === "answered") {
        this.#forget(pending);
      } else if (entry.user !== user) {
        const message = "The command was given by another user than is signed in now: it is not sent.";
        this.#fail(pending, new SkeinError("forbidden", message));
      }
    }
  }

  /** Puts a command in and sends it as soon as can be. */
  add(method: CommandName, params: Record<string, unknown>): Promise<unknown> {
    const at = Math.max(this.#lastAt + 1, this.#context.clock.now());
    this.#lastAt = at;
    const key = newKey();
    const given: OutboxEntry = { ...NEW, key, method, params, at, user: this.#user };
    const entry = { ...given, stored: this.#save(stored(given)) };
    return new Promise((resolve, reject) => {
      this.#pending.set(key, { entry, resolve, reject });
      this.#changed();
      this.flush();
    });
  }

  /** Sends what can be sent: of each thread the first that is not answered, and what waits for nothing. */
  flush(): void {
    this.#context.announcer.during(() => this.#flush());
  }

  #flush(): void {
    const busy = new Set<string>();
    for (const pending of this.#pending.values()) {
      const { entry } = pending;
      const lane = laneOf(entry);
      if (entry.state === "answered") continue;
      const error = entry.state === "queued" ? this.#obstacle(entry) : null;
      if (error) {
        this.#fail(pending, error);
        continue;
      }
      const waits = busy.has(lane) && !URGENT.has(entry.method);
      busy.add(lane);
      if (waits || entry.state !== "queued") continue;
      const params = { ...entry.params, key: entry.key };
      const { method, user } = entry;
      const ask: Ask = { method, params, user, settle: (outcome) => this.#answered(pending, outcome) };
      // Marked first: the answer may come at once.
      pending.entry = { ...entry, state: "sent" };
      if (!this.#context.send(ask)) {
        pending.entry = entry;
        return;
      }
      this.#changed();
    }
  }

  /** Why a command must not be sent any more, if so. */
  #obstacle({ key, at, stored }: OutboxEntry): SkeinError | null {
    if (stored && !this.#isKept(key)) return settledElsewhere();
    return this.#context.clock.now() - at > this.#answersMs ? tooOld(at, this.#answersMs) : null;
  }

  /** Forgets what was answered and has come to be seen. */
  settle(): void {
    if (this.#answeredCount === 0) return;
    for (const pending of this.#pending.values()) {
      if (pending.seen?.()) this.#forget(pending);
    }
  }

  /** The client closes: promises reject, commands stay for the next `connect()` or, if stored, the next client. */
  close(): void {
    const error = new SkeinError("busy", "The client was closed before the answer; the command stays in the outbox.", {
      retry: "reconnect",
    });
    for (const pending of this.#pending.values()) {
      pending.reject(error);
      pending.resolve = pending.reject = () => {};
      if (pending.entry.state !== "delayed") continue;
      pending.timer?.cancel();
      this.#become(pending, { state: "queued" });
    }
  }

  #answered(pending: Pending, outcome: Outcome): void {
    // It may have been discarded meanwhile.
    if (this.#pending.get(pending.entry.key) !== pending) return;
    switch (outcome.type) {
      case "lost":
        this.#become(pending, { state: "queued" });
        break;
      case "result":
        this.#succeed(pending, outcome.result as { topic: Topic; seq: number });
        break;
      case "error":
        if (outcome.error.retry === "later" || outcome.error.retry === "reconnect") this.#delay(pending, outcome.error);
        else this.#fail(pending, outcome.error);
        break;
    }
    this.flush();
  }

  #succeed(pending: Pending, result: { topic: Topic; seq: number } & Record<string, unknown>): void {
    pending.seen = this.#context.seen(result.topic, result.seq);
    this.#answeredCount++;
    this.#become(pending, { state: "answered", error: null });
    this.#context.storage.remove(pending.entry.key);
    pending.resolve(result);
    this.#context.announcer.tell(this.#settledListeners, { entry: pending.entry, result });
    this.settle();
  }

  /** Takes out what was answered. */
  #forget({ entry }: Pending): void {
    this.#pending.delete(entry.key);
    this.#answeredCount--;
    this.#changed();
  }

  #fail(pending: Pending, error: SkeinError): void {
    const { key } = pending.entry;
    pending.timer?.cancel();
    this.#pending.delete(key);
    this.#context.storage.remove(key);
    this.#changed();
    pending.reject(error);
    this.#context.announcer.tell(this.#settledListeners, { entry: pending.entry, error });
  }

  #delay(pending: Pending, error: SkeinError): void {
    const attempts = pending.entry.attempts + 1;
    this.#become(pending, { state: "delayed", attempts, error });
    const wait = error.retryAfterMs ?? backoff(attempts, this.#context.random());
    pending.timer = this.#context.clock.setTimeout(() => {
      this.#context.announcer.during(() => {
        this.#become(pending, { state: "queued" });
        this.flush();
      });
    }, wait);
  }

  #become(pending: Pending, change: Partial<OutboxEntry>): void {
    pending.entry = { ...pending.entry, ...change };
    this.#changed();
  }

  #changed(): void {
    this.#entries = null;
    if (this.#telling) return;
    this.#telling = true;
    const { announcer } = this.#context;
    announcer.after(() => {
      this.#telling = false;
      announcer.tell(this.#listeners, this.entries);
    });
  }

  #isKept(key: string): boolean {
    try {
      return this.#context.storage.has(key);
    } catch (error) {
      this.#context.report(error);
      return true;
    }
  }

  #save(command: StoredCommand): boolean {
    try {
      this.#context.storage.save(command);
      return true;
    } catch (error) {
      this.#context.report(error);
      return false;
    }
  }
}

const NEW = { state: "queued", attempts: 0, error: null, stored: false } as const;

const takenOut = (): SkeinError =>
  new SkeinError("conflict", "The command was taken out of the outbox.", { detail: { status: "discarded" } });

const settledElsewhere = (): SkeinError => {
  const message = "Another page that shares the outbox's storage had the command answered, or took it out.";
  return new SkeinError("conflict", message, { detail: { status: "elsewhere" } });
};

/** It may have been done, and the answer lost: that the server forgets, and would do it once more (P61). */
function tooOld(at: number, answersMs: number): SkeinError {
  const message =
    `The command was given on ${new Date(at).toISOString()}, and is not sent any more: the server knows for ` +
    `${spell(answersMs)} what it has done. See whether it was done then; if not, give it anew.`;
  return new SkeinError("conflict", message, { detail: { status: "too old" } });
}

function spell(ms: number): string {
  const [unit, length] =
    ms >= 2 * 86_400_000 ? ["days", 86_400_000] : ms >= 120_000 ? ["minutes", 60_000] : ["s", 1000];
  return `${Math.floor(ms / length)} ${unit}`;
}

/** A command as the storage keeps it. */
const stored = ({ key, method, params, at, user }: OutboxEntry): StoredCommand => ({
  key,
  method,
  params,
  at,
  ...(user !== null && { user }),
});

/**
 * What stops an agent, and what it waits for, must not wait for anything itself, and needs not: it is about what runs
 * by now. Prompts before it that were never sent are for `discard`. What comes after it waits for it, though: a stop that
 * has to be repeated must not stop what was asked for later.
 */
const URGENT: ReadonlySet<CommandName> = new Set<CommandName>(["thread.cancel", "thread.answer"]);

/** Commands of one thread keep their order; any other stands alone. */
function laneOf({ params, key }: OutboxEntry): string {
  const { thread } = params;
  return typeof thread === "string" ? `thread:${thread}` : `key:${key}`;
}

/** 128 random bits. `crypto.randomUUID` would be missing from pages that came over plain HTTP. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function listen<Value>(listeners: Set<(value: Value) => void>, listener: (value: Value) => void): () => void {
  const own = (value: Value): void => listener(value);
  listeners.add(own);
  return () => void listeners.delete(own);
}
