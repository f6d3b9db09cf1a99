import { CLOSE, SkeinError, type Limits, type Position, type Topic } from "@skein/client/protocol";
import type { Clock, Timer } from "../clock.ts";
import type { EncodedCommit, Store } from "../store/contract.ts";
import { catchUp } from "./catch-up.ts";
import { type FrameNode, joinFrame, notification } from "./frames.ts";
import { Subscription, type SubscribeOptions } from "./subscription.ts";
import type { TopicHeads } from "./topic-heads.ts";

/** Where a connection's frames go: a socket, or anything that takes text in order. */
export interface Sink {
  /** Hands over one frame. Returns the bytes that wait in the socket after it. */
  send(frame: string): number;
  close(code: number, reason: string): void;
}

export type ConnectionContext = {
  store: Store;
  clock: Clock;
  limits: Pick<Limits, "softMarkBytes" | "drainMs" | "subscriptions" | "window" | "windowBytes">;
  heads: TopicHeads;
  /** Takes a failure that no caller waits for. */
  report: (error: unknown) => void;
  /** Takes that a client knows a state of a topic that the store never had. */
  unheardOf: (topic: Topic, position: Position) => void;
};

/** The answer to `subscribe`. */
export type Welcome = { epoch: string; head: number; moved?: true };

/** What one flush brings: the sequences of messages, the connections that took some, and those that have to be pumped. */
export type Delivery = { root: FrameNode; written: HubConnection[]; behind: Set<HubConnection> };

/**
 * One connection's cursors.
 *
 *            flush: position === after                  bytes waiting > soft mark
 *   live ───────────────────────────────▶ live    any ─────────────────────────────▶ lagging
 *   live ── flush that does not fit ─────▶ behind  lagging ── drained ──▶ behind (nothing was queued meanwhile)
 *   behind ── read from the log, sent ───▶ live    lagging ── no progress for drainMs ──▶ closed 4508
 */
export class HubConnection {
  readonly #context: ConnectionContext;
  readonly #sink: Sink;
  readonly #subscriptions = new Map<Topic, Subscription>();
  #node: FrameNode | null = null;
  #lagging = false;
  #waiting = 0;
  #drainTimer: Timer | null = null;
  #pumping = false;
  #ended = false;

  constructor(context: ConnectionContext, sink: Sink) {
    this.#context = context;
    this.#sink = sink;
  }

  /**
   * Starts sending a topic. The cursor is registered before anything is read, so nothing falls in between.
   * `answer` is called with the topic's head before the first commit is sent.
   * Subscribing again takes the place of the subscription there was.
   * @throws SkeinError `not_found`; `too_large` above the bound on subscriptions; `busy` once the connection has ended.
   */
  async subscribe(topic: Topic, options: SubscribeOptions, answer: (welcome: Welcome) => void): Promise<void> {
    const { heads, limits, store } = this.#context;
    // A request that was under way at the end would be followed for ever.
    if (this.#ended) throw new SkeinError("busy", "The connection has ended.", { retry: "reconnect" });
    if (!this.#subscriptions.has(topic) && this.#subscriptions.size >= limits.subscriptions) {
      throw new SkeinError(
        "too_large",
        `This connection has ${limits.subscriptions} subscriptions, the most it may have.`,
      );
    }
    this.unsubscribe(topic);
    const subscription = new Subscription(this, topic, null, options);
    subscription.reading = true;
    this.#subscriptions.set(topic, subscription);
    heads.add(subscription);
    const { after, moves } = options;
    const [head, isHeld] = await Promise.all([
      store.head(topic),
      after === undefined ? false : store.holds(topic, after),
    ]).catch((error: unknown) => {
      this.#remove(subscription);
      throw error;
    });
    if (head === null) {
      this.#remove(subscription);
      throw new SkeinError("not_found", `There is no topic ${topic}.`, { path: "params.topic" });
    }
    heads.atLeast(topic, head.seq);
    if (after !== undefined && !isHeld) this.#context.unheardOf(topic, after);
    const moved = isHeld && after !== undefined && after.epoch !== head.epoch;
    // From a position that this log never had, one cannot go on: a snapshot starts anew. The same for a client that
    // takes commits of its own epoch alone.
    if (after !== undefined && isHeld && (!moved || moves === true)) subscription.position = after.seq;
    subscription.reading = false;
    const isMoved = moved && moves === true;
    answer({ epoch: head.epoch, head: head.seq, ...(isMoved ? { moved: true as const } : {}) });
    this.pump();
  }

  unsubscribe(topic: Topic): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription !== undefined) this.#remove(subscription);
  }

  /** Sends a message of its own, in order with the commits. */
  send(message: string): void {
    if (this.#ended) return;
    this.#account(this.#sink.send(message));
  }

  /** Offers a commit during a flush. The delivery learns whether the connection took it, or is to be pumped. */
  offer(subscription: Subscription, commit: EncodedCommit, message: string, delivery: Delivery): void {
    const isLive = subscription.position === commit.after && !subscription.reading && !subscription.conflated;
    if (!isLive || this.#lagging) {
      delivery.behind.add(this);
      return;
    }
    subscription.position = commit.seq;
    if (this.#node === null) {
      this.#node = delivery.root;
      delivery.written.push(this);
    }
    this.#node = this.#node.followedBy(message);
  }

  /** Writes what this flush offered: one write. */
  flush(): void {
    const node = this.#node;
    this.#node = null;
    if (node !== null && !this.#ended) this.#account(this.#sink.send(node.frame));
  }

  /** The socket has written something; `waiting` bytes are left in it. */
  drained(waiting: number): void {
    if (!this.#lagging) return;
    const progress = waiting < this.#waiting;
    this.#waiting = waiting;
    if (waiting <= this.#context.limits.softMarkBytes) {
      this.#lagging = false;
      this.#drainTimer?.cancel();
      this.#drainTimer = null;
      this.pump();
    } else if (progress) {
      this.#startDrainTimer();
    }
  }

  /** Brings every subscription that is behind up to the head, from the log, while the socket takes it. */
  pump(): void {
    if (this.#pumping || this.#ended) return;
    this.#pumping = true;
    this.#catchUpAll().catch((error: unknown) => this.fail(error, "The log could not be read; reconnect and resume."));
  }

  /** Ends the connection for a fault that is not its own. What it has is a true prefix: it may resume from there. */
  fail(error: unknown, reason: string): void {
    const { report } = this.#context;
    report(error);
    this.end();
    try {
      // RFC 6455, section 7.4.1
      this.#sink.close(1011, reason);
    } catch (closing) {
      report(closing);
    }
  }

  /** Forgets every cursor. Idempotent. */
  end(): void {
    this.#ended = true;
    this.#node = null;
    this.#drainTimer?.cancel();
    for (const subscription of this.#subscriptions.values()) this.#remove(subscription);
  }

  /** Whether more waits in the socket than it should; whoever can wait should not send more. */
  get lagging(): boolean {
    return this.#lagging;
  }

  async #catchUpAll(): Promise<void> {
    try {
      while (!this.#ended && !this.#lagging) {
        const subscription = this.#nextBehind();
        if (subscription === undefined) return;
        await this.#catchUpOne(subscription);
      }
    } finally {
      // In the same step as the last look: a commit offered from now on pumps again.
      this.#pumping = false;
    }
  }

  async #catchUpOne(subscription: Subscription): Promise<void> {
    const { clock, heads, limits, store } = this.#context;
    const { maxHz, window } = subscription.options;
    subscription.reading = true;
    const commits = await catchUp(store, subscription.topic, subscription.position, {
      window: { items: window ?? limits.window, bytes: limits.windowBytes },
      maxBytes: limits.softMarkBytes,
      merge: maxHz !== undefined,
    }).finally(() => {
      subscription.reading = false;
    });
    const last = commits.at(-1);
    // It may have been unsubscribed, or subscribed anew, while the log was read.
    if (this.#ended || this.#subscriptions.get(subscription.topic) !== subscription || last === undefined) return;
    subscription.position = last.seq;
    heads.atLeast(subscription.topic, last.seq);
    if (maxHz !== undefined) subscription.notBefore = clock.elapsed() + 1000 / maxHz;
    this.#account(this.#sink.send(joinFrame(commits.map(notification))));
  }

  #nextBehind(): Subscription | undefined {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.reading) continue;
      const head = this.#context.heads.of(subscription.topic);
      if (subscription.position !== null && subscription.position >= head) continue;
      const wait = subscription.notBefore - this.#context.clock.elapsed();
      if (wait <= 0) return subscription;
      subscription.timer ??= this.#context.clock.setTimeout(() => {
        subscription.timer = null;
        this.pump();
      }, wait);
    }
    return undefined;
  }

  #account(waiting: number): void {
    this.#waiting = waiting;
    if (this.#lagging || waiting <= this.#context.limits.softMarkBytes) return;
    this.#lagging = true;
    this.#startDrainTimer();
  }

  #startDrainTimer(): void {
    const { clock, limits } = this.#context;
    this.#drainTimer?.cancel();
    this.#drainTimer = clock.setTimeout(() => {
      this.#sink.close(CLOSE.tooSlow, `Nothing was read for ${limits.drainMs} ms; reconnect and resume.`);
      this.end();
    }, limits.drainMs);
  }

  #remove(subscription: Subscription): void {
    subscription.timer?.cancel();
    this.#context.heads.remove(subscription);
    if (this.#subscriptions.get(subscription.topic) === subscription) this.#subscriptions.delete(subscription.topic);
  }
}
