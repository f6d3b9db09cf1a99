import type { Change, ErrorKind, Position, Topic } from "@skein/client/protocol";

/** A condition on one entity, checked inside the transaction: the compare of a compare-and-set. */
export type Guard = {
  topic: Topic;
  kind: string;
  id: string;
  /** Members the entity must have with exactly these values (compared as JSON); `undefined` means absent. */
  where: Record<string, unknown>;
};

/**
 * What belongs together: all of it becomes durable, or none of it does. A write may touch several topics.
 * Many writes share one transaction (a flush); one that fails its guard takes nothing of the others with it.
 */
export type Write = {
  changes: { topic: Topic; changes: Change[] }[];
  guard?: Guard;
  /** The command this write is the effect of. A known `(user, key)` has no second effect. */
  command?: {
    user: string;
    key: string;
    /** The topic whose new position goes into the answer. */
    topic: Topic;
    /** The rest of the answer. */
    answer: Record<string, unknown>;
  };
  /** Lines exchanged with an agent, as they came. */
  events?: RawEvent[];
};

export type RawEvent = { thread: string; ts: number; direction: "in" | "out" | "error"; line: string };

/** What became of one write, in the order given. */
export type WriteResult =
  /** `positions`: the seq that each touched topic reached. `answer`: present when the write had a command. */
  | { ok: true; positions: Map<Topic, number>; answer?: CommandAnswer }
  /** The command was known: nothing was written, this is what was answered then. */
  | { ok: true; repeated: true; answer: CommandAnswer }
  /**
   * Nothing was written: the guard did not hold (`conflict`), or an append did not fit the text that is there (`gap`).
   * `current` is the entity as it is, `null` when there is none.
   */
  | { ok: false; kind: Extract<ErrorKind, "conflict" | "gap">; current: Record<string, unknown> | null };

export type CommandAnswer = { topic: Topic; seq: number } & Record<string, unknown>;

/** A commit with the JSON text that is stored and sent: the `params` of its notification. */
export type EncodedCommit = {
  topic: Topic;
  epoch: string;
  after: number | null;
  seq: number;
  text: string;
};

export type Head = { epoch: string; seq: number };
export type StoredEntity = { kind: string; id: string; value: Record<string, unknown> };

export type HistoryPage = { epoch: string; seq: number; items: StoredEntity[]; before: number | null };

/**
 * How much of a timeline is read at once: at most so many items, and only while their values fit the bytes, as JSON in
 * UTF-8. One item comes whatever its size, and so do those that share the place of the last that fits.
 */
export type Bounds = { items: number; bytes: number };

export type SearchHit = {
  topic: Topic;
  kind: string;
  id: string;
  pos: number | null;
  snippet: string;
  ts: number;
};

/**
 * Where commits are kept. Everything is async, so that a store may live on another machine. Every implementation
 * passes the suite in `contract.suite.ts`.
 *
 * Semantics common to all:
 * - One flush (`commit`) is one transaction over all topics it touches. When it rejects, nothing of it was written.
 * - Each topic touched by a flush gets exactly one commit from it: the changes of its writes in order, coalesced
 *   (`coalesce` of @skein/client/replica). A topic exists from its first commit on; its first `after` is 0.
 * - A snapshot, a merge and a history page are consistent: read at one `seq`, which they name.
 * - Entities that grow by `append` are kept whole in memory and in the log; their row is written on the next put or
 *   patch. Reads always include the grown text, also after a crash.
 */
export interface Store {
  /** Names what this store commits until it is closed, and all it reads: a name that no other has or had. */
  readonly epoch: string;

  commit(writes: readonly Write[]): Promise<{ commits: EncodedCommit[]; results: WriteResult[] }>;

  /** The answer stored for a command, or `null`. */
  answerTo(user: string, key: string): Promise<CommandAnswer | null>;

  /** Where a topic's log ends, or `null` for a topic that does not exist. */
  head(topic: Topic): Promise<Head | null>;

  /**
   * Whether a topic was once in the state that a position names, whatever epoch that is of. `false` for what only a copy
   * of this store went through, and for what was lost.
   */
  holds(topic: Topic, position: Position): Promise<boolean>;

  /**
   * The commits after `seq` in order, as stored, stopping before the one that would take them over `maxBytes`
   * (but at least one). `folded` when some of them are no longer kept one by one. `bytes` is the size of all there are.
   */
  logSince(
    topic: Topic,
    seq: number,
    maxBytes: number,
  ): Promise<{ folded: true; bytes: number } | { folded: false; bytes: number; commits: EncodedCommit[] }>;

  /** One commit from `seq` to the head that puts each entity changed since then in its present state, or drops it. */
  changedSince(topic: Topic, seq: number): Promise<EncodedCommit>;

  /** About how many bytes `changedSince` would read, told without reading them. */
  changedBytes(topic: Topic, seq: number): Promise<number>;

  /** A commit with `after: null`: all held entities (`isPinned`), and the newest items within `window`; all when absent. */
  snapshot(topic: Topic, window?: Bounds): Promise<EncodedCommit>;

  /** Items with a `pos` lower than `before`, those nearest to it within `page`, in timeline order. */
  history(topic: Topic, before: number, page: Bounds): Promise<HistoryPage>;

  entity(topic: Topic, kind: string, id: string): Promise<Record<string, unknown> | null>;

  /** All entities of a kind in a topic, ordered by `pos`, then id. */
  entities(topic: Topic, kind: string): Promise<StoredEntity[]>;

  /**
   * Those of these names of blobs (SHA-256 in lower-case hexadecimal) that stand nowhere in any entity's value. Takes its
   * time, and lets others go between. Text that was appended and is still growing is not looked at: it names no blob.
   */
  unnamed(names: Iterable<string>): Promise<Set<string>>;

  /** Topics with an item that is still open: held, though it has a `pos`. */
  openTopics(): Promise<Topic[]>;

  /** The highest `pos` of a topic's items; -1 when it has none. */
  lastPosition(topic: Topic): Promise<number>;

  /** Full-text search over the topics given, newest first. `before` is the `next` of the page before. */
  search(query: {
    text: string;
    topics: readonly Topic[] | "all";
    limit: number;
    before?: string;
  }): Promise<{ hits: SearchHit[]; next: string | null }>;

  /** Raw lines of a thread in the order they were written, a page at a time. */
  events(thread: string, after: number, limit: number): Promise<(RawEvent & { id: number })[]>;

  /**
   * Lets the log of a topic up to `through` go: what is asked from before then is answered by `changedSince`. Text that
   * is still open keeps what it has. Nothing a replica can see changes.
   */
  fold(topic: Topic, through: number): Promise<void>;

  /**
   * Lets go of what is older than these times (milliseconds since 1970): raw lines, stored command answers, tokens by
   * their end, and commits, the last as `fold` does.
   */
  expire(before: { events: number; answers: number; tokens: number; commits: number }): Promise<void>;

  /** Finds a token by its hash. Tokens are stored hashed only. */
  token(hash: string): Promise<TokenRow | null>;
  /** A user's tokens, the oldest first. */
  tokens(user: string): Promise<TokenRow[]>;
  addToken(token: TokenRow): Promise<void>;
  /** Changes what is given of a token. Harmless when there is none. */
  changeToken(hash: string, change: { name?: string; usedAt?: number }): Promise<void>;
  removeToken(hash: string): Promise<void>;

  /** Ends cleanly: what is durable is settled, and the next open need not check it. */
  close(): Promise<void>;
}

export type TokenRow = {
  hash: string;
  user: string;
  name: string;
  createdAt: number;
  expiresAt: number | null;
  /** When it let somebody in last, to the hour; `null` for never. */
  usedAt: number | null;
};
