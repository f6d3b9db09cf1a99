import type { Topic } from "../protocol/topics.ts";

/**
 * Where replicas are kept beyond the life of their client, so that what was loaded can be read without a server. A text
 * is a replica at one position; a client that loads it goes on from there. Any of these may reject: then the client
 * does without.
 */
export type ReplicaStorage = {
  /** Says who is signed in: what is kept for anybody else is forgotten. */
  belongTo(user: string): Promise<void>;
  /** What is kept of a topic; `null` when nothing is. */
  load(topic: Topic): Promise<string | null>;
  /** Keeps a topic in place of what was kept of it. Others may have to make room. */
  save(topic: Topic, text: string): Promise<void>;
  /** Forgets a topic. Harmless when it is not kept. */
  remove(topic: Topic): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
};

/** How much is kept in all. */
export type ReplicaBounds = {
  /** Topics. */
  topics: number;
  /** Of all texts together, in UTF-16 units. */
  length: number;
};

/** What is known of a kept text: `at` is when it was last written or read, in milliseconds since 1970. */
export type KeptTopic = { topic: Topic; at: number; length: number };

/** The topics that have to go for the rest to be within the bounds: those not used for longest. */
export function overflow(kept: readonly KeptTopic[], bounds: ReplicaBounds): Topic[] {
  const newestFirst = kept.toSorted((a, b) => b.at - a.at);
  let length = 0;
  const first = newestFirst.findIndex((each, index) => {
    length += each.length;
    return index >= bounds.topics || length > bounds.length;
  });
  return first < 0 ? [] : newestFirst.slice(first).map(({ topic }) => topic);
}
