import { SkeinError } from "../protocol/errors.ts";
import { check } from "../protocol/rpc.ts";
import { NOTIFICATIONS } from "../protocol/session.ts";
import { splitTopic, type Topic } from "../protocol/topics.ts";
import type { Ask } from "./ask.ts";
import { readCommit } from "./read-commit.ts";
import { Subscription, type SubscriptionContext, type WatchOptions } from "./subscription.ts";
import { Watch, type WatchContext } from "./watch.ts";

export type TopicsContext = SubscriptionContext &
  Pick<WatchContext, "refusal"> & {
    /** Sends a request when there is a connection, again after a loss. */
    sendWhenLive(ask: Ask): void;
    /** A replica moved on, or is not watched any more. */
    moved(): void;
  };

/** The set of wanted topics. It is state: every new connection is asked for all of it, each from its position. */
export class Topics {
  readonly #context: TopicsContext;
  /** Topics that the newest greeting asked for. */
  #opened: Topic[] = [];
  readonly #wanted = new Map<Topic, { subscription: Subscription; holders: Map<Watch, WatchOptions> }>();

  constructor(context: TopicsContext) {
    this.#context = context;
  }

  watch(topic: Topic, options: WatchOptions): Watch {
    let wanted = this.#wanted.get(topic);
    const isNew = wanted === undefined;
    if (wanted === undefined) {
      wanted = { subscription: new Subscription(topic, options, this.#context), holders: new Map() };
      wanted.subscription.statusListeners.add(() => this.#context.moved());
      this.#wanted.set(topic, wanted);
    }
    const { subscription, holders } = wanted;
    const watch: Watch = new Watch(subscription, {
      send: (ask) => this.#context.sendWhenLive(ask),
      refusal: () => this.#context.refusal(),
      released: () => this.#release(subscription, holders, watch),
    });
    holders.set(watch, options);
    if (isNew) subscription.begin();
    else {
      subscription.setOptions(together([...holders.values()], this.#context.window()));
      // Where the topic is gone, a new watch asks for it again, for all its holders.
      subscription.retry();
    }
    return watch;
  }

  /** What a new connection is asked for. */
  opening(): Ask[] {
    this.#opened = [];
    return this.#subscriptions().flatMap((subscription) => {
      const asks = subscription.opening();
      if (asks.length > 0) this.#opened.push(subscription.topic);
      return asks;
    });
  }

  /** The server has answered the greeting. */
  connected(): void {
    for (const subscription of this.#subscriptions()) subscription.connected();
    // Let go of while the greeting was under way, when nothing else could be sent.
    for (const topic of this.#opened) if (!this.#wanted.has(topic)) this.#unsubscribe(topic);
    this.#opened = [];
  }

  disconnected(): void {
    for (const subscription of this.#subscriptions()) subscription.disconnected();
  }

  /** No connection will be tried: nobody is to wait for one. */
  giveUp(error: SkeinError): void {
    for (const subscription of this.#subscriptions()) subscription.giveUp(error);
  }

  /**
   * Gives a function that tells whether what was committed up to `seq` need not be waited for any more: the replica
   * has it, nobody watches the topic, or it was taken back. What a board shows of it comes with it, unless
   * the answer came by another way than commits do: then boards have to be up to date once more.
   */
  seen(topic: Topic, seq: number): () => boolean {
    const epoch = this.#current(topic)?.replica.epoch;
    const old = this.#subscriptions().filter(({ topic: each, status }) => isBoard(each) && status !== "live");
    return () => {
      const now = this.#current(topic);
      if (old.some((each) => this.#current(each.topic) === each && each.status !== "live")) return false;
      if (now === undefined || now.replica.seq >= seq) return true;
      // All that a later run of the server has is here, and this is not: it was taken back.
      return now.replica.epoch !== epoch && now.status === "live";
    };
  }

  /** @throws SkeinError `invalid` when the notification is malformed. */
  notified(method: string, params: unknown): void {
    switch (method) {
      case "commit": {
        const commit = readCommit(params);
        // Those of a topic that was let go of may be under way still.
        this.#current(commit.topic)?.take(commit);
        this.#context.moved();
        return;
      }
      case "revoked": {
        const { topic, reason } = check(NOTIFICATIONS.revoked, params);
        this.#current(topic)?.lose(new SkeinError("forbidden", reason));
        this.#context.moved();
        return;
      }
      default:
      // A notification of a later version of the protocol.
    }
  }

  #release(subscription: Subscription, holders: Map<Watch, WatchOptions>, watch: Watch): void {
    holders.delete(watch);
    if (holders.size > 0) {
      subscription.setOptions(together([...holders.values()], this.#context.window()));
      return;
    }
    subscription.end();
    const { topic, status } = subscription;
    if (this.#wanted.get(topic)?.subscription !== subscription) return;
    this.#wanted.delete(topic);
    this.#context.moved();
    if (status !== "gone") this.#unsubscribe(topic);
  }

  /** Tells the server that a topic is not wanted. Without a connection there is nothing to tell. */
  #unsubscribe(topic: Topic): void {
    this.#context.send({ method: "unsubscribe", params: { topic }, settle: () => {} });
  }

  #current(topic: Topic): Subscription | undefined {
    const subscription = this.#wanted.get(topic)?.subscription;
    return subscription?.status === "gone" ? undefined : subscription;
  }

  #subscriptions(): Subscription[] {
    return [...this.#wanted.values()].map(({ subscription }) => subscription).filter(({ status }) => status !== "gone");
  }
}

const isBoard = (topic: Topic): boolean => splitTopic(topic).kind === "board";

/** The options that serve all holders: the largest window, and no limit of rate that one of them did not ask for. */
export function together(options: readonly WatchOptions[], defaultWindow: number): WatchOptions {
  const all: WatchOptions = {};
  if (options.some(({ window }) => window !== undefined)) {
    all.window = Math.max(...options.map(({ window }) => window ?? defaultWindow));
  }
  if (options.every(({ maxHz }) => maxHz !== undefined))
    all.maxHz = Math.max(...options.map(({ maxHz }) => maxHz ?? 0));
  return all;
}
