import type { ReplicaStorage } from "../../src/connection/replica-storage.ts";
import type { Topic } from "../../src/protocol/index.ts";

/** Keeps replicas as a browser does, from one page to the next; slow or unwilling, where chance says so. */
export class KeptReplicas implements ReplicaStorage {
  readonly texts: Map<Topic, string>;
  owner: string | null = null;
  readonly #random: () => number;
  #stopped = false;

  constructor(random: () => number = () => 1, texts = new Map<Topic, string>()) {
    this.#random = random;
    this.texts = texts;
  }

  /** The page is ended: nothing it still wants kept is. */
  stop(): void {
    this.#stopped = true;
  }

  /** The same, for the page after this one. */
  next(): KeptReplicas {
    return new KeptReplicas(this.#random, this.texts);
  }

  async belongTo(user: string): Promise<void> {
    if (this.owner !== null && this.owner !== user) this.texts.clear();
    this.owner = user;
  }

  async load(topic: Topic): Promise<string | null> {
    // Never: the client has to do without.
    if (this.#random() < 0.05) return new Promise(() => {});
    const text = this.texts.get(topic) ?? null;
    return this.#random() < 0.05 ? `${text?.slice(1)}` : text;
  }

  async save(topic: Topic, text: string): Promise<void> {
    if (!this.#stopped && this.#random() >= 0.05) this.texts.set(topic, text);
  }

  async remove(topic: Topic): Promise<void> {
    this.texts.delete(topic);
  }

  async clear(): Promise<void> {
    this.texts.clear();
  }
}
