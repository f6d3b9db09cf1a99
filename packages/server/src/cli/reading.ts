import { SkeinError, type Commit, type Item, type Replica, type Watch } from "@skein/client";
import { isPinned, positionOf } from "@skein/client/protocol";
import type { Screen } from "./screen.ts";

/** What takes in a thread, step by step. */
export type Reader = {
  /** Takes a commit that follows from all before it. */
  commit(commit: Commit, replica: Replica): void;
  /**
   * Takes a snapshot, which stands for all commits up to its position.
   * @param items Those that are new or may have changed since the reader saw them, in timeline order.
   */
  snapshot(commit: Commit, items: readonly Item[], replica: Replica): void;
};

/** Items held beyond which those that were read are let go. */
const HELD = 1_000;
/** How often a page of older items is asked for. */
const TRIES = 5;
const RETRY_AFTER_MS = 500;

/**
 * Gives a reader all that a watch brings, without a hole. A snapshot after a long absence (P25) begins at a floor that may
 * be above what was read before: what lies between is loaded first, and nothing is read meanwhile.
 *
 *   reading ── a snapshot that leaves a hole ──▶ loading ── no hole any more, or it cannot be had ──▶ reading
 */
export class Reading {
  readonly #watch: Watch;
  readonly #reader: Reader;
  readonly #screen: Screen;
  readonly #reaches: (replica: Replica) => boolean;
  #loading: Promise<void> | null = null;
  #incomplete = false;
  #epoch: string | null = null;
  /** The time of the newest commit. */
  #ts = 0;
  /** The position of the newest item that was read; `null` before the first commit. */
  #last: number | null = null;
  /** Of the newest message: it may grow after its end (docs/DECISIONS.md, threads, 7). */
  #lastMessage = -1;
  /** Items that were open when they were read, by kind and id, with their positions. */
  readonly #open = new Map<string, number>();

  /** @param reaches Whether the first snapshot goes back as far as the reader wants. */
  constructor(watch: Watch, reader: Reader, screen: Screen, reaches: (replica: Replica) => boolean = () => true) {
    this.#watch = watch;
    this.#reader = reader;
    this.#screen = screen;
    this.#reaches = reaches;
    watch.readBack();
    watch.onChange((commit) => this.#take(commit));
  }

  /** Whether something is missing from what was read. */
  get incomplete(): boolean {
    return this.#incomplete;
  }

  /** Resolves once all that has come was read. Never rejects. */
  async settled(): Promise<void> {
    await this.#loading;
  }

  #take(commit: Commit): void {
    this.#ts = commit.ts;
    if (this.#loading) return;
    if (commit.after !== null) {
      this.#reader.commit(commit, this.#watch.replica);
      this.#read(commit);
    } else if (this.#hasHole()) {
      this.#loading = this.#load();
    } else {
      this.#snapshot(commit);
    }
  }

  /** Whether items that were not read, or not to their end, lie below the replica's floor. */
  #hasHole(): boolean {
    const { replica } = this.#watch;
    if (!replica.hasOlder) return false;
    if (this.#last === null) return !this.#reaches(replica);
    let from = Math.min(this.#last, this.#lastMessage < 0 ? this.#last : this.#lastMessage);
    for (const [key, pos] of this.#open) {
      const [kind = "", id = ""] = key.split(" ");
      if (pos < from && !replica.get(kind, id)) from = pos;
    }
    return replica.floor > from;
  }

  async #load(): Promise<void> {
    try {
      while (this.#hasHole()) await loadOlder(this.#watch);
    } catch (error) {
      this.#lack(error);
    }
    this.#loading = null;
    this.#snapshot(asSnapshot(this.#watch.replica, this.#ts));
  }

  #snapshot(commit: Commit): void {
    const { replica } = this.#watch;
    if (this.#epoch !== null && this.#epoch !== replica.epoch) {
      this.#incomplete = true;
      this.#screen.warn(
        "The server's log is not the one from before, as after a crash or a restored backup: " +
          "what follows may repeat or lack something.",
      );
    }
    const last = this.#last ?? -1;
    const items = replica
      .timeline()
      .filter(({ kind, id, pos }) => pos >= last || pos === this.#lastMessage || this.#open.has(`${kind} ${id}`));
    this.#reader.snapshot(commit, items, replica);
    this.#open.clear();
    this.#read(commit);
  }

  /** Notes how far the reader is, and lets go of what it does not need any more. */
  #read({ changes }: Commit): void {
    const { replica } = this.#watch;
    this.#epoch = replica.epoch;
    this.#last ??= -1;
    for (const { kind, id } of changes) {
      const value = replica.get(kind, id);
      const pos = value ? positionOf(value) : null;
      if (value && pos !== null && isPinned(value)) this.#open.set(`${kind} ${id}`, pos);
      else this.#open.delete(`${kind} ${id}`);
      this.#last = Math.max(this.#last, pos ?? -1);
      if (kind === "message") this.#lastMessage = Math.max(this.#lastMessage, pos ?? -1);
    }
    if (replica.timeline().length <= HELD) return;
    this.#watch.follow();
    this.#watch.readBack();
  }

  #lack(error: unknown): void {
    this.#incomplete = true;
    // The command is being ended: nobody waits for the rest.
    if (error instanceof SkeinError && error.retry === "reconnect") return;
    const why = error instanceof Error ? error.message : String(error);
    const thread = this.#watch.replica.topic.replace(/^thread:/, "");
    this.#screen.warn(
      `Part of the output is missing here and cannot be loaded: ${why} Print the whole thread: skein export ${thread}`,
    );
  }
}

/**
 * Loads a page of older items, again where the server says later.
 * @returns Whether there are older items still.
 * @throws SkeinError when the server refuses, or has a fault again and again.
 */
export async function loadOlder(watch: Watch): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await watch.loadOlder();
    } catch (error) {
      if (tries === TRIES || !(error instanceof SkeinError) || error.retry !== "later") throw error;
      await Bun.sleep(error.retryAfterMs ?? RETRY_AFTER_MS);
    }
  }
}

/** A commit that makes a replica what this one is. */
function asSnapshot(replica: Replica, ts: number): Commit {
  const { topic, seq, floor } = replica;
  const changes = replica.dump().entities.map((entity) => ({ op: "put" as const, ...entity }));
  return { topic, epoch: replica.epoch ?? "", after: null, seq, ts, ...(floor > 0 ? { floor } : {}), changes };
}
