import { type Position, SkeinError, type Topic } from "@skein/client/protocol";
import type { Clock } from "../clock.ts";
import type { EncodedCommit, Store, Write, WriteResult } from "../store/contract.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { HubConnection, type ConnectionContext, type Delivery, type Sink } from "./connection.ts";
import { FrameNode, notification } from "./frames.ts";
import { nextPause } from "./pace.ts";
import { TopicHeads } from "./topic-heads.ts";

export type HubOptions = {
  store: Store;
  clock: Clock;
  limits: ConnectionContext["limits"];
  /** The server's load between 0 and 1, which decides the pause between flushes. */
  load: () => number;
  /** The longest such pause. */
  longestPauseMs?: number;
  /** Takes a failure that no caller waits for. */
  report: (error: unknown) => void;
};

type Pending = { write: Write; resolve: (result: WriteResult) => void; reject: (error: unknown) => void };

/**
 * Makes writes durable in groups and then, only then, sends them to whoever follows their topics (G1).
 *
 *   write ─▶ pending ─▶ flush: one store transaction ─▶ durable ─▶ each cursor moves ─▶ one socket write a connection
 *
 * All that arrives while a flush runs waits for the next, so groups grow by themselves under load.
 */
export class Hub {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #load: () => number;
  readonly #longestPauseMs: number;
  readonly #heads = new TopicHeads();
  readonly #context: ConnectionContext;
  #pending: Pending[] = [];
  #running = false;
  #pause = 0;
  #pacedAt = 0;
  #waiters: (() => void)[] = [];

  constructor(options: HubOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#load = options.load;
    this.#longestPauseMs = options.longestPauseMs ?? DEFAULT_SETTINGS.flush.longestPauseMs;
    const { store, clock, limits, report } = options;
    let told = false;
    const unheardOf = (topic: Topic, { epoch, seq }: Position): void => {
      // Once is enough: after a restored backup each client brings one for each of its topics.
      if (told) return;
      told = true;
      report(
        new SkeinError(
          "gap",
          `A client knows ${topic} at ${seq} of ${epoch}, where this database never was. It was restored from a backup or ` +
            "put in the place of another one, or a power cut took commits back. Such clients get what is here now.",
        ),
      );
    };
    this.#context = { store, clock, limits, heads: this.#heads, report, unheardOf };
  }

  /**
   * Joins the next flush. Resolves once the write is durable and offered to its topics' followers, or was found to be
   * a repeat or to fail its guard.
   * @throws SkeinError `internal` (retry later) when the store could not commit it: then nothing of it was written or sent.
   */
  write(write: Write): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ write, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits to be flushed. */
  settled(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => void this.#waiters.push(resolve));
  }

  connect(sink: Sink): HubConnection {
    return new HubConnection(this.#context, sink);
  }

  #schedule(): void {
    if (this.#running) return;
    this.#running = true;
    // All that this round of the event loop brings, from whichever agent or socket, joins the same flush.
    setImmediate(() => void this.#flushAll());
  }

  async #flushAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      // Nobody would flush again after a fault here.
      await this.#flush(batch).catch(this.#context.report);
      const pause = this.#pace();
      if (pause > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, pause));
    }
    this.#running = false;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** The pause to take after a flush, in whole milliseconds, as timers have them. */
  #pace(): number {
    const now = this.#clock.elapsed();
    this.#pause = nextPause(this.#pause, this.#load(), now - this.#pacedAt, this.#longestPauseMs);
    this.#pacedAt = now;
    return Math.round(this.#pause);
  }

  async #flush(batch: Pending[]): Promise<void> {
    let commits: EncodedCommit[];
    try {
      const done = await this.#store.commit(batch.map((each) => each.write));
      commits = done.commits;
      batch.forEach((each, index) => each.resolve(done.results[index] as WriteResult));
    } catch (error) {
      await this.#isolate(batch, error);
      return;
    }
    this.#deliver(commits);
  }

  /**
   * A write that cannot be committed must not take the others of its flush with it: each is tried alone. A store that is
   * busy is so for all of them, and has been waited for already.
   */
  async #isolate(batch: Pending[], error: unknown): Promise<void> {
    const known = commitError(error);
    if (batch.length > 1 && known.kind !== "busy") for (const each of batch) await this.#flush([each]);
    else for (const each of batch) each.reject(known);
  }

  #deliver(commits: readonly EncodedCommit[]): void {
    const delivery: Delivery = { root: FrameNode.root(), written: [], behind: new Set() };
    for (const commit of commits) {
      this.#heads.atLeast(commit.topic, commit.seq);
      const followers = this.#heads.followers(commit.topic);
      if (followers.length === 0) continue;
      const message = notification(commit);
      for (const subscription of followers) subscription.connection.offer(subscription, commit, message, delivery);
    }
    for (const connection of delivery.written) {
      try {
        connection.flush();
      } catch (error) {
        // One socket that fails keeps no other from its commits.
        connection.fail(error, "It could not be written to; reconnect and resume.");
      }
    }
    for (const connection of delivery.behind) connection.pump();
  }
}

function commitError(error: unknown): SkeinError {
  if (error instanceof SkeinError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new SkeinError("internal", `The store could not commit: ${said}.`, { cause: error });
}
