import type { Commit, Position } from "../protocol/changes.ts";
import { SkeinError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import type { Topic } from "../protocol/topics.ts";
import { Replica } from "../replica/replica.ts";
import type { Announcer } from "./announcer.ts";
import type { Ask, Outcome } from "./ask.ts";
import { backoff } from "./backoff.ts";
import type { Clock, Timer } from "./clock.ts";
import { HistoryLoader } from "./history-loader.ts";
import type { ReplicaKeeper } from "./replica-keeper.ts";

/**
 * How far a watched topic is:
 * `loading` nothing of it has come yet; `catching up` what is held may be old: the connection is away, or commits are
 * on their way; `live` it is as the server has it; `gone` it is not to be had, or no longer: see the error.
 */
export type WatchStatus = "loading" | "catching up" | "live" | "gone";

/** How a topic is watched. The options of all holders of one topic are put together. */
export type WatchOptions = {
  /** Items of a thread to hold, 1 to 1000; the server's default (200) when absent. The largest of all who watch counts. */
  window?: number;
  /** At most this many commits per second, conflated: above 0, at most 1000. Counts when everyone who watches wants a limit: the highest. */
  maxHz?: number;
  /**
   * Where to begin instead of at a snapshot, for who knows already what came before: the replica then holds only what
   * changed since. Counts for the first who watches a topic.
   */
  after?: Position;
};

type Waiter = { resolve: () => void; reject: (error: SkeinError) => void };

/** What a subscription needs of the rest of the client. */
export type SubscriptionContext = {
  clock: Clock;
  random: () => number;
  announcer: Announcer;
  /** The default window, in items. */
  window(): number;
  /** Sends a request on the live connection; `false` when there is none. */
  send(ask: Ask): boolean;
  /** The server's log of a topic contradicts itself: the connection is to be made anew. */
  fault(error: SkeinError): void;
  /** Keeps replicas for the next client; `null` where there is no storage for them. */
  keeper: ReplicaKeeper | null;
};

/** One wanted topic: its replica, and how it is kept up with the server's log. */
export class Subscription {
  readonly topic: Topic;
  readonly commitListeners = new Set<(commit: Commit) => void>();
  readonly windowListeners = new Set<(replica: Replica) => void>();
  readonly statusListeners = new Set<(status: WatchStatus) => void>();
  readonly history: HistoryLoader;
  readonly #context: SubscriptionContext;
  #replica: Replica;
  #status: WatchStatus = "loading";
  #error: SkeinError | null = null;
  #options: WatchOptions;
  /** The request under way; commits that do not fit while it is are what it asks for. */
  #asking: Ask | null = null;
  /** What the server's head was when it last took us on; `null` while the connection is away. */
  #head: Result<"subscribe"> | null = null;
  /** Gaps in a row, with nothing applied between them. */
  #gaps = 0;
  #failures = 0;
  /** What is kept of the topic is being read: until it is here, nobody knows what to ask for. */
  #restoring = false;
  /** Where it is kept; `null` for a replica that lacks what came before its beginning. */
  readonly #keeper: ReplicaKeeper | null;
  #retry: Timer | undefined;
  /** How many holders look at older items: while any does, nothing is trimmed. */
  #readingBack = 0;
  /** The window grew beyond what is held: only a snapshot brings the rest. */
  #tooNarrow = false;
  /** Items put since the last trim. */
  #grown = 0;
  #waiters: Waiter[] = [];

  constructor(topic: Topic, options: WatchOptions, context: SubscriptionContext) {
    this.topic = topic;
    this.#options = options;
    this.#context = context;
    this.#replica = new Replica(topic, options.after);
    this.#keeper = options.after ? null : context.keeper;
    this.history = new HistoryLoader(
      () => this.#replica,
      () => this.#windowMoved(),
    );
  }

  get replica(): Replica {
    return this.#replica;
  }

  get status(): WatchStatus {
    return this.#status;
  }

  get error(): SkeinError | null {
    return this.#error;
  }

  /** How many commits are known to be missing. */
  get behind(): number {
    const head = this.#head;
    const { epoch, seq } = this.#replica;
    return head !== null && head.epoch === epoch ? Math.max(0, head.head - seq) : 0;
  }

  /** Begins where the kept replica is, or with nothing. */
  begin(): void {
    if (this.#keeper === null) {
      this.ask();
      return;
    }
    this.#restoring = true;
    const restored = (kept: Commit | null): void => this.#context.announcer.during(() => this.#restored(kept));
    void this.#keeper.load(this.topic).then(restored);
  }

  #restored(kept: Commit | null): void {
    if (!this.#restoring) return;
    this.#restoring = false;
    if (kept !== null) {
      // Exact as of its position. Whether that still fits, the server says (P30): if not, it sends a snapshot.
      this.#replica.apply(kept);
      this.#context.announcer.tell(this.commitListeners, kept);
      this.#settleStatus();
    }
    this.ask();
  }

  /** The request that brings this topic up to date from where it is; part of every opening, unless it comes later. */
  opening(): Ask[] {
    return this.#restoring ? [] : [this.#newAsk(true)];
  }

  /** Asks at once, when there is a connection. */
  ask(withPosition = true): void {
    const ask = this.#newAsk(withPosition);
    if (!this.#context.send(ask)) this.#asking = null;
  }

  /** The connection can be asked: what began to be wanted while it was greeted was not part of its opening. */
  connected(): void {
    if (!this.#restoring && this.#asking === null && this.#head === null) this.ask();
  }

  /** Another holder came, or one went: the options are those of all together. */
  setOptions(options: WatchOptions): void {
    const { maxHz } = this.#options;
    const window = this.#window();
    this.#options = options;
    const grew = this.#window() > window;
    if (grew || this.#tooNarrow) {
      this.#tooNarrow = this.#replica.hasOlder && this.#replica.timeline().length < this.#window();
    }
    const changed = options.maxHz !== maxHz || (grew && this.#tooNarrow);
    if (changed && !this.#restoring && this.#status !== "gone") this.ask();
  }

  /** The connection is away; what was asked is lost with it. */
  disconnected(): void {
    this.#retry?.cancel();
    this.#asking = null;
    this.#head = null;
    this.#settleStatus();
  }

  /** Takes a commit in: state and position move in one step, listeners are told after it. */
  take(commit: Commit): void {
    // Of a subscription before this one: what it says is asked for anew.
    if (this.#restoring) return;
    switch (this.#replica.apply(commit)) {
      case "applied":
        this.#gaps = 0;
        if (commit.after === null) this.#tooNarrow = false;
        this.history.record(commit);
        this.#bound(commit);
        this.#keeper?.changed(this.#replica);
        this.#context.announcer.tell(this.commitListeners, commit);
        this.#settleStatus();
        return;
      case "repeat":
        return;
      case "gap":
        this.#gap();
        return;
    }
  }

  /** The topic is not to be had any more: it is forgotten. */
  lose(error: SkeinError): void {
    this.#retry?.cancel();
    this.#restoring = false;
    this.#asking = null;
    this.#head = null;
    this.#error = error;
    this.#keeper?.forget(this.topic);
    this.#replica = new Replica(this.topic);
    this.#become("gone");
    this.giveUp(error);
  }

  /** Asks once more for a topic that is `gone`. */
  retry(): void {
    if (this.#status !== "gone") return;
    this.#error = null;
    this.#failures = 0;
    this.#gaps = 0;
    this.#become("loading");
    this.begin();
  }

  /** Nobody watches any more. */
  end(): void {
    this.#retry?.cancel();
    this.#restoring = false;
    this.#asking = null;
    this.giveUp(new SkeinError("conflict", `The watch of ${this.topic} was released.`));
  }

  /** Resolves once there is something to see. @throws SkeinError when there will not be. */
  ready(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    if (this.#status !== "loading") return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Tells those who wait for the first snapshot, or for older items, that they will not come. */
  giveUp(error: SkeinError): void {
    for (const { reject } of this.#takeWaiters()) reject(error);
    this.history.giveUp(error);
  }

  #takeWaiters(): Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }

  /** A holder begins (+1) or ends (-1) to look at older items. */
  readBack(by: 1 | -1): void {
    this.#readingBack += by;
    if (this.#readingBack === 0) this.#trim();
  }

  #newAsk(withPosition: boolean): Ask {
    const { epoch, seq } = this.#replica;
    const params: CheckedParams<"subscribe"> = { topic: this.topic };
    if (withPosition && epoch !== null && !this.#tooNarrow) {
      params.after = { epoch, seq };
      params.moves = true;
    }
    if (this.#options.window !== undefined) params.window = this.#options.window;
    if (this.#options.maxHz !== undefined) params.maxHz = this.#options.maxHz;
    this.#retry?.cancel();
    const ask: Ask = { method: "subscribe", params, settle: (outcome) => this.#answered(ask, outcome) };
    this.#asking = ask;
    return ask;
  }

  #answered(ask: Ask, outcome: Outcome): void {
    if (this.#asking !== ask) return;
    this.#asking = null;
    switch (outcome.type) {
      case "result":
        this.#failures = 0;
        this.#head = outcome.result as Result<"subscribe">;
        // The server was started anew meanwhile; none of its commits has come yet.
        if (this.#head.moved === true) {
          this.#replica.move(this.#head.epoch);
          this.history.moved();
        }
        this.#settleStatus();
        return;
      case "error":
        this.#refused(outcome.error);
        return;
      case "lost":
        return;
    }
  }

  #refused(error: SkeinError): void {
    if (error.retry === "never") {
      this.lose(error);
      return;
    }
    this.#failures++;
    const { clock, random } = this.#context;
    const wait = error.retryAfterMs ?? backoff(this.#failures, random());
    this.#retry = clock.setTimeout(() => this.ask(error.retry !== "refetch"), wait);
  }

  #gap(): void {
    // What is missing is already on its way; until it is here, nothing fits.
    if (this.#asking) return;
    this.#gaps++;
    if (this.#gaps > 2) {
      this.#gaps = 0;
      const message = `The log of ${this.topic}, asked for anew, does not fit itself.`;
      this.#context.fault(new SkeinError("gap", message, { retry: "reconnect" }));
      return;
    }
    this.ask(this.#gaps === 1);
    this.#settleStatus();
  }

  /** Keeps a followed timeline at its window, at the cost of one walk per window of new items (G5). */
  #bound(commit: Commit): void {
    if (commit.after === null) this.#grown = 0;
    else for (const change of commit.changes) if (change.op === "put") this.#grown++;
    if (this.#readingBack === 0 && this.#grown >= this.#window()) this.#trim();
  }

  #trim(): void {
    this.#grown = 0;
    const { floor } = this.#replica;
    this.#replica.trim(this.#window());
    if (this.#replica.floor !== floor) this.#windowMoved();
  }

  #windowMoved(): void {
    this.#keeper?.changed(this.#replica);
    this.#context.announcer.tell(this.windowListeners, this.#replica);
  }

  #window(): number {
    return this.#options.window ?? this.#context.window();
  }

  #settleStatus(): void {
    if (this.#status === "gone") return;
    const { epoch, seq } = this.#replica;
    if (epoch === null) return;
    const head = this.#head;
    const live = head !== null && this.#asking === null && epoch === head.epoch && seq >= head.head;
    this.#become(live ? "live" : "catching up");
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  #become(status: WatchStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#context.announcer.tell(this.statusListeners, status);
  }
}
