import type { Topic } from "@skein/client/protocol";
import type { Subscription } from "./subscription.ts";

type Entry = { head: number; subscriptions: Subscription[] };

/** The topics somebody is subscribed to, with the head each is known to have and who follows it. */
export class TopicHeads {
  readonly #topics = new Map<Topic, Entry>();

  add(subscription: Subscription): void {
    let entry = this.#topics.get(subscription.topic);
    if (entry === undefined) this.#topics.set(subscription.topic, (entry = { head: 0, subscriptions: [] }));
    subscription.place = entry.subscriptions.push(subscription) - 1;
  }

  /** Takes a subscription out; the last one takes its place, so that nothing has to be searched or moved up. */
  remove(subscription: Subscription): void {
    const entry = this.#topics.get(subscription.topic);
    if (entry?.subscriptions[subscription.place] !== subscription) return;
    const last = entry.subscriptions.pop() as Subscription;
    if (last !== subscription) {
      entry.subscriptions[subscription.place] = last;
      last.place = subscription.place;
    }
    if (entry.subscriptions.length === 0) this.#topics.delete(subscription.topic);
  }

  /** Raises a topic's known head; it never sinks. */
  atLeast(topic: Topic, seq: number): void {
    const entry = this.#topics.get(topic);
    if (entry !== undefined && entry.head < seq) entry.head = seq;
  }

  of(topic: Topic): number {
    return this.#topics.get(topic)?.head ?? 0;
  }

  /** Who follows a topic. An array, as every flush goes through it once for each commit. */
  followers(topic: Topic): readonly Subscription[] {
    return this.#topics.get(topic)?.subscriptions ?? NOBODY;
  }
}

const NOBODY: readonly Subscription[] = [];
