import type { Topic } from "@skein/client/protocol";
import type { Subscription } from "./subscription.ts";

type Entry = { head: number; subscriptions: Set<Subscription> };

/** The topics somebody is subscribed to, with the head each is known to have and who follows it. */
export class TopicHeads {
  readonly #topics = new Map<Topic, Entry>();

  add(subscription: Subscription): void {
    const entry = this.#topics.get(subscription.topic);
    if (entry) entry.subscriptions.add(subscription);
    else this.#topics.set(subscription.topic, { head: 0, subscriptions: new Set([subscription]) });
  }

  remove(subscription: Subscription): void {
    const entry = this.#topics.get(subscription.topic);
    if (entry === undefined) return;
    entry.subscriptions.delete(subscription);
    if (entry.subscriptions.size === 0) this.#topics.delete(subscription.topic);
  }

  /** Raises a topic's known head; it never sinks. */
  atLeast(topic: Topic, seq: number): void {
    const entry = this.#topics.get(topic);
    if (entry !== undefined && entry.head < seq) entry.head = seq;
  }

  of(topic: Topic): number {
    return this.#topics.get(topic)?.head ?? 0;
  }

  followers(topic: Topic): ReadonlySet<Subscription> {
    return this.#topics.get(topic)?.subscriptions ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<Subscription> = new Set();
