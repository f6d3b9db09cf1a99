import type { Database, Statement } from "bun:sqlite";
import { type Position, SkeinError, type Topic } from "@skein/client/protocol";
import { makeId } from "../ids.ts";
import type {
  Bounds,
  CommandAnswer,
  EncodedCommit,
  Head,
  HistoryPage,
  RawEvent,
  SearchHit,
  Store,
  StoredEntity,
  TokenRow,
  Write,
  WriteResult,
} from "./contract.ts";
import { BLOB_NAME } from "./blobs.ts";
import { keyOf, plan, type Plan, type View } from "./plan.ts";
import { Checkpointer } from "./sqlite/checkpointer.ts";
import { Entities, type Written } from "./sqlite/entities.ts";
import { storeError } from "./sqlite/errors.ts";
import { Guard } from "./sqlite/guard.ts";
import { Lineage, ofEpoch } from "./sqlite/lineage.ts";
import { Log } from "./sqlite/log.ts";
import { open, type Opened } from "./sqlite/open.ts";
import { Reads } from "./sqlite/reads.ts";
import { recover } from "./sqlite/recover.ts";
import { SearchIndex } from "./sqlite/search-index.ts";
import { Tables } from "./sqlite/tables.ts";
import { type Appended, type TopicRow, Topics } from "./sqlite/topics.ts";
import { WriteQueue } from "./sqlite/write-queue.ts";
import { ABSENT, type Standing, valueOf } from "./standing.ts";
import { defaultTextOf, type TextOf } from "./text-of.ts";

export type SqliteOptions = {
  /** Path of the database; its directory must be there. */
  file: string;
  /** `normal` survives any crash of the program, `full` a power cut too, for an fsync per flush. */
  durability?: "normal" | "full";
  /** Milliseconds since 1970. */
  now?: () => number;
  /** By which text an entity is found. */
  textOf?: TextOf;
  /** How long a write waits for someone who holds the database locked with `sqlite3`, before it is refused as `busy`. */
  busyTimeoutMs?: number;
  /** Bytes of the newest commits that may stand in the order they came, see `Log`. */
  settleFromBytes?: number;
  /** Told once when the database can be used no more: its file is not there, or another server has it. */
  lost?: (error: SkeinError) => void;
  /** Settings of the connection that come after our own, e.g. `max_page_count = 1000000`. */
  pragmas?: readonly string[];
};

const SETTLE_FROM = 8 * 1024 * 1024;

/** How long a statement waits for a lock, all else standing still. Longer ones are waited for in the `WriteQueue`. */
const BLOCKED_MS = 2;
/** Commits a step of `fold` takes, between which others get their turn. */
const FOLD_STEP = 2000;
const turnOfOthers = () => new Promise((resolve) => setImmediate(resolve));

/**
 * The store on one SQLite file, in WAL mode; the process that has it open is the only one that writes.
 *
 * A transaction runs to its end without a pause, so a read sees all of a flush or nothing. What is in memory (heads,
 * values used last, text that grows) moves only after the transaction has. Those that have to wait for another program
 * wait in their order.
 */
export class SqliteStore implements Store {
  readonly epoch = makeId();
  /** Whether the last run closed the store, or there was none. */
  readonly endedClean: boolean;
  readonly #file: string;
  readonly #now: () => number;
  readonly #opened: Opened;
  readonly #database: Database;
  readonly #lineage: Lineage;
  readonly #topics: Topics;
  readonly #entities: Entities;
  readonly #search: SearchIndex;
  readonly #tables: Tables;
  readonly #reads: Reads;
  readonly #checkpointer: Checkpointer;
  readonly #writes: WriteQueue;
  readonly #statements: Record<"begin" | "commit" | "rollback", Statement<unknown, []>>;
  readonly #view: View = {
    head: (topic) => this.#topics.get(topic)?.seq ?? 0,
    standing: (topic, kind, id): Standing => {
      const row = this.#topics.get(topic);
      return row ? this.#entities.standing(topic, row.id, kind, id) : ABSENT;
    },
    answer: (user, key) => this.#tables.answer(user, key),
  };
  readonly #guard: Guard;
  #closed = false;

  /**
   * Opens the store in `file`, making it when there is none.
   * @throws SkeinError telling what is wrong with the file and what to do; it is left as it was.
   */
  static async open(options: SqliteOptions): Promise<SqliteStore> {
    return new SqliteStore(options);
  }

  private constructor(options: SqliteOptions) {
    this.#file = options.file;
    this.#now = options.now ?? Date.now;
    this.#checkpointer = new Checkpointer(options.file);
    const busyTimeoutMs = options.busyTimeoutMs ?? 2000;
    this.#writes = new WriteQueue(busyTimeoutMs);
    this.#opened = open({
      file: options.file,
      durability: options.durability ?? "normal",
      busyTimeoutMs,
    });
    this.endedClean = this.#opened.endedClean;
    const database = (this.#database = this.#opened.database);
    try {
      this.#statements = {
        begin: database.prepare<unknown, []>("BEGIN IMMEDIATE"),
        commit: database.prepare<unknown, []>("COMMIT"),
        rollback: database.prepare<unknown, []>("ROLLBACK"),
      };
      this.#lineage = new Lineage(database);
      this.#topics = new Topics(database, new Log(database, options.settleFromBytes ?? SETTLE_FROM), this.#lineage);
      this.#search = new SearchIndex(database, options.textOf ?? defaultTextOf);
      this.#entities = new Entities(database, this.#search);
      this.#tables = new Tables(database);
      recover(this.#topics, this.#entities, options.file);
      this.#opened.begin();
      this.#lineage.begin(this.epoch);
      this.#reads = new Reads(database, this.#entities, this.epoch);
      database.run(`PRAGMA busy_timeout = ${BLOCKED_MS}`);
      for (const pragma of options.pragmas ?? []) database.run(`PRAGMA ${pragma}`);
      this.#guard = new Guard(this.#opened, this.#lineage, options.file, options.lost ?? (() => {}));
    } catch (error) {
      this.#opened.end(false);
      throw storeError(error, options.file);
    }
  }

  async commit(writes: readonly Write[]): Promise<{ commits: EncodedCommit[]; results: WriteResult[] }> {
    return this.#written(() => {
      const ts = this.#now();
      // Nobody else writes, and nothing comes between here and the end: this sees what the transaction will.
      const made = plan(writes, this.#view, { epoch: this.epoch, ts });
      if (made.topics.length + made.answers.length + made.events.length > 0) this.#write(made, ts);
      return { commits: made.topics.map(({ commit }) => commit), results: made.results };
    });
  }

  async answerTo(user: string, key: string): Promise<CommandAnswer | null> {
    return this.#run(() => this.#tables.answer(user, key));
  }

  async head(topic: Topic): Promise<Head | null> {
    return this.#run(() => {
      const row = this.#topics.get(topic);
      return row && { epoch: this.epoch, seq: row.seq };
    });
  }

  async holds(topic: Topic, position: Position): Promise<boolean> {
    return this.#run(() => {
      const row = this.#topics.get(topic);
      return row !== null && this.#lineage.holds(row, position);
    });
  }

  async logSince(
    topic: Topic,
    seq: number,
    maxBytes: number,
  ): Promise<{ folded: true; bytes: number } | { folded: false; bytes: number; commits: EncodedCommit[] }> {
    return this.#run(() => {
      const row = this.#row(topic);
      if (seq < row.folded) return { folded: true, bytes: this.#topics.since(row, row.folded, 0).bytes };
      const { bytes, commits } = this.#topics.since(row, seq, maxBytes);
      const encoded = commits.map(({ seq: at, body }) => ({
        topic,
        epoch: this.epoch,
        after: at - 1,
        seq: at,
        text: ofEpoch(body, topic, this.epoch),
      }));
      return { folded: false, bytes, commits: encoded };
    });
  }

  async changedSince(topic: Topic, seq: number): Promise<EncodedCommit> {
    return this.#run(() => {
      const row = this.#row(topic);
      if (seq > row.seq) throw new SkeinError("gap", `${topic} is at ${row.seq}, before ${seq}.`);
      return this.#reads.changedSince(topic, row, seq);
    });
  }

  async changedBytes(topic: Topic, seq: number): Promise<number> {
    return this.#run(() => this.#reads.changedBytes(this.#row(topic), seq));
  }

  async snapshot(topic: Topic, window?: Bounds): Promise<EncodedCommit> {
    return this.#run(() => this.#reads.snapshot(topic, this.#row(topic), window));
  }

  async history(topic: Topic, before: number, page: Bounds): Promise<HistoryPage> {
    return this.#run(() => this.#reads.history(topic, this.#row(topic), before, page));
  }

  async entity(topic: Topic, kind: string, id: string): Promise<Record<string, unknown> | null> {
    return this.#run(() => valueOf(this.#view.standing(topic, kind, id)));
  }

  async entities(topic: Topic, kind: string): Promise<StoredEntity[]> {
    return this.#run(() => {
      const row = this.#topics.get(topic);
      return row ? this.#reads.ofKind(topic, row, kind) : [];
    });
  }

  async unnamed(names: Iterable<string>): Promise<Set<string>> {
    const left = new Set(names);
    // What is made meanwhile has a higher row, so that nothing is missed that moves from one entity to a new one.
    for (let after = 0; left.size > 0;) {
      const read = this.#run(() => this.#reads.valuesAfter(after));
      if (read === null) break;
      for (const value of read.values) for (const [name] of value.matchAll(BLOB_NAME)) left.delete(name);
      after = read.last;
      await turnOfOthers();
    }
    return left;
  }

  async openTopics(): Promise<Topic[]> {
    return this.#run(() => this.#reads.openTopics());
  }

  async lastPosition(topic: Topic): Promise<number> {
    return this.#run(() => {
      const row = this.#topics.get(topic);
      return row ? this.#reads.lastPosition(row) : -1;
    });
  }

  async search(query: {
    text: string;
    topics: readonly Topic[] | "all";
    limit: number;
    before?: string;
  }): Promise<{ hits: SearchHit[]; next: string | null }> {
    return this.#run(() => this.#search.find(query));
  }

  async events(thread: string, after: number, limit: number): Promise<(RawEvent & { id: number })[]> {
    return this.#run(() => this.#tables.events(thread, after, limit));
  }

  async fold(topic: Topic, through: number): Promise<void> {
    const end = await this.#written(() => {
      const last = Math.min(through, this.#row(topic).seq);
      // Text that grows slowly, like a server's output, would else keep its log for as long as it is open.
      this.#settle([topic], last);
      return last;
    });
    const step = (): boolean => {
      const row = this.#row(topic);
      if (end <= row.folded) return true;
      const after = this.#transaction(() => this.#topics.fold(row, end, FOLD_STEP));
      this.#topics.folded(topic, after);
      return after.folded >= end;
    };
    while (!(await this.#written(step))) await turnOfOthers();
  }

  async expire(before: { events: number; answers: number; tokens: number; commits: number }): Promise<void> {
    while (!(await this.#written(() => this.#transaction(() => this.#tables.expire(before))))) await turnOfOthers();
    for (const topic of this.#run(() => this.#topics.unfolded())) {
      await this.fold(
        topic,
        this.#run(() => this.#topics.lastBefore(this.#row(topic), before.commits)),
      );
      await turnOfOthers();
    }
  }

  async token(hash: string): Promise<TokenRow | null> {
    return this.#run(() => this.#tables.token(hash));
  }

  async tokens(user: string): Promise<TokenRow[]> {
    return this.#run(() => this.#tables.tokens(user));
  }

  async addToken(token: TokenRow): Promise<void> {
    await this.#written(() => this.#tables.addToken(token));
  }

  async changeToken(hash: string, change: { name?: string; usedAt?: number }): Promise<void> {
    await this.#written(() => this.#tables.changeToken(hash, change));
  }

  async removeToken(hash: string): Promise<void> {
    await this.#written(() => this.#tables.removeToken(hash));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const lost = this.#guard.end();
    this.#closed = true;
    let settled = false;
    try {
      await this.#checkpointer.stop();
      // What could not be settled is in the log: the next open goes through it as after a crash.
      if (lost === null)
        await this.#writes.run(() => this.#translated(() => this.#settle(this.#entities.openTopics())));
      settled = lost === null;
    } finally {
      this.#opened.end(settled);
    }
    if (lost !== null) throw lost;
  }

  /** Runs what needs the database open, and turns its errors into ours. */
  #run<Result>(work: () => Result): Result {
    if (this.#closed) throw new SkeinError("internal", `The database ${this.#file} is closed.`);
    return this.#translated(work);
  }

  /** The same for what writes, once the database is free. */
  #written<Result>(work: () => Result): Promise<Result> {
    return this.#writes.run(() => this.#run(work));
  }

  #translated<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#file);
    }
  }

  #transaction<Result>(work: () => Result): Result {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      this.#guard.check();
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      // On some errors, a full disk among them, SQLite has rolled back by itself.
      if (this.#database.inTransaction) rollback.run();
      throw error;
    }
  }

  /** Makes a plan durable, then lets memory follow. */
  #write(made: Plan, ts: number): void {
    const rows: [Topic, Appended][] = [];
    const written: Written[] = [];
    const slice = this.#transaction(() => {
      for (const { commit, edits } of made.topics) {
        const before = this.#topics.get(commit.topic);
        const id = before?.id ?? this.#topics.newId();
        rows.push([commit.topic, this.#topics.append(id, commit, ts, before)]);
        for (const edit of edits) {
          const result = this.#entities.write(commit.topic, id, edit, commit.seq, ts);
          if (result) written.push(result);
        }
      }
      for (const answer of made.answers) this.#tables.addAnswer(answer, ts);
      for (const event of made.events) this.#tables.addEvent(event);
      return this.#topics.settle();
    });
    for (const [topic, row] of rows) this.#topics.accept(topic, row);
    if (slice) this.#topics.settled(slice);
    for (const each of written) this.#entities.accept(each);
    this.#checkpointer.wrote(rows.length + written.length + made.events.length);
  }

  /** Writes rows of open entities whole, those that began to grow by `since`: the log is no longer needed for them. */
  #settle(topics: readonly Topic[], since = Infinity): void {
    const unsettled = this.#entities.openedBy(topics, since);
    if (unsettled.length === 0) return;
    const written = this.#transaction(() =>
      unsettled.map(({ topic, kind, id, seq, standing: before }) => {
        const edit = { key: keyOf(kind, id), kind, id, before, after: { ...before, stale: true } };
        return this.#entities.write(topic, this.#row(topic).id, edit, seq, this.#now());
      }),
    );
    for (const each of written) if (each) this.#entities.accept(each);
  }

  #row(topic: Topic): TopicRow {
    const row = this.#topics.get(topic);
    if (!row) throw new SkeinError("not_found", `There is no topic ${topic}.`);
    return row;
  }
}
