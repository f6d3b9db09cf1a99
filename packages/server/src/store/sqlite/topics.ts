import type { Database } from "bun:sqlite";
import type { Topic } from "@skein/client/protocol";
import type { EncodedCommit } from "../contract.ts";
import { Cache } from "./cache.ts";
import type { Lineage } from "./lineage.ts";
import type { Kept, Log, Slice } from "./log.ts";

/** A topic's row: where its log begins and ends. See the schema for the members. */
export type TopicRow = {
  id: number;
  seq: number;
  ts: number;
  total: number;
  folded: number;
  /** The run that committed to it last; `null` for one before runs were noted. */
  run: number | null;
};

/** A topic's row after a commit, which is to be accepted once the transaction stands. */
export type Appended = { row: TopicRow; arrival: number; size: number };

/** Topics whose rows are kept in memory. */
const CACHED = 10_000;

/** The table `topic`, and the log of each. */
export class Topics {
  readonly #rows = new Cache<TopicRow>(CACHED);
  readonly #log: Log;
  readonly #lineage: Lineage;
  readonly #statements: ReturnType<typeof prepare>;
  #next: number;

  constructor(database: Database, log: Log, lineage: Lineage) {
    this.#log = log;
    this.#lineage = lineage;
    this.#statements = prepare(database);
    this.#next =
      (database.query<{ last: number | null }, []>("SELECT max(id) AS last FROM topic").get()?.last ?? 0) + 1;
  }

  get(topic: Topic): TopicRow | null {
    const known = this.#rows.get(topic);
    if (known) return known;
    const found = this.#statements.find.get(topic);
    const newest = found && this.#log.newest(found.id);
    const row = newest && newest.seq > found.seq ? { ...found, ...newest } : found;
    if (row) this.#rows.set(topic, row, 1);
    return row;
  }

  nameOf(id: number): Topic {
    return this.#statements.name.get(id)?.name as Topic;
  }

  /** A number for a topic not known yet. One that a rolled back flush had is not given again. */
  newId(): number {
    return this.#next++;
  }

  /** Writes a commit, and the row of a topic that is new. */
  append(id: number, commit: EncodedCommit, ts: number, before: TopicRow | null): Appended {
    const { topic, seq, text } = commit;
    const size = Buffer.byteLength(text);
    const total = (before?.total ?? 0) + size;
    const arrival = this.#log.append(id, seq, total, text);
    if (!before) this.#statements.create.run(id, topic, seq, ts, total);
    const run = this.#lineage.note(id, seq, before?.run ?? null);
    return { row: { id, seq, ts, total, folded: before?.folded ?? 0, run }, arrival, size };
  }

  accept(topic: Topic, { row, arrival, size }: Appended): void {
    this.#rows.set(topic, row, 1);
    this.#log.accept(row.id, row.seq, arrival, row.total, size);
  }

  /** The commits after `seq`, as many as fit into `maxBytes`, at least one; `bytes` is the size of all there are. */
  since(row: TopicRow, seq: number, maxBytes: number): { bytes: number; commits: Kept[] } {
    const from = seq >= row.seq ? row.total : (this.#log.totalBefore(row.id, seq + 1) ?? row.total);
    const last = this.#log.lastWithin(row.id, seq + 1, from + maxBytes) ?? row.seq;
    const commits = this.#log.read(row.id, seq + 1, Math.min(row.seq, Math.max(last, seq + 1)));
    return { bytes: row.total - from, commits };
  }

  /** Every commit from `seq` on. */
  from(row: TopicRow, seq: number): Kept[] {
    return this.#log.read(row.id, seq, row.seq);
  }

  /** Lets at most `limit` commits up to `through` go; the row it returns is for `folded`. */
  fold(row: TopicRow, through: number, limit: number): TopicRow {
    const folded = Math.min(through, row.folded + limit);
    this.#log.fold(row.id, row.folded + 1, folded);
    this.#statements.folded.run(row.id, folded, row.seq, row.ts, row.total);
    return { ...row, folded };
  }

  /** What `fold` did stands. */
  folded(topic: Topic, row: TopicRow): void {
    this.#rows.set(topic, row, 1);
    this.#log.folded(row.id, row.folded);
  }

  /** The topics that have commits to fold. */
  unfolded(): Topic[] {
    const names = this.#statements.unfolded.all().map(({ name }) => name as Topic);
    return [...new Set([...names, ...this.#log.unsettled().map((id) => this.nameOf(id))])];
  }

  /** The last commit from before a time, by halving what is in the log; `folded` when there is none. */
  lastBefore(row: TopicRow, ts: number): number {
    if (row.ts < ts) return row.seq;
    let [low, high] = [row.folded, row.seq];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#log.timeOf(row.id, middle) ?? 0) < ts) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Settles a part of the newest commits when there are many (`Log.settle`); what it returns is for `settled`. */
  settle(): Slice | null {
    return this.#log.isFull ? this.#log.settle() : null;
  }

  settled(slice: Slice): void {
    this.#log.settled(slice);
  }
}

function prepare(database: Database) {
  return {
    find: database.prepare<TopicRow, [string]>(
      "SELECT id, seq, ts, total, folded, (SELECT max(run) FROM stretch WHERE topic = id) AS run FROM topic WHERE name = ?1",
    ),
    name: database.prepare<{ name: string }, [number]>("SELECT name FROM topic WHERE id = ?1"),
    create: database.prepare<never, [number, string, number, number, number]>(
      "INSERT INTO topic (id, name, seq, ts, total, folded) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
    ),
    unfolded: database.prepare<{ name: string }, []>("SELECT name FROM topic WHERE folded < seq ORDER BY id"),
    folded: database.prepare<never, [id: number, folded: number, seq: number, ts: number, total: number]>(
      "UPDATE topic SET folded = ?2, seq = ?3, ts = ?4, total = ?5 WHERE id = ?1",
    ),
  };
}
