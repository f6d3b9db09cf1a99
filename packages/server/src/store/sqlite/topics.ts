import type { Database } from "bun:sqlite";
import type { Topic } from "@skein/client/protocol";
import type { EncodedCommit } from "../contract.ts";
import { Cache } from "./cache.ts";

/** A topic's row: where its log begins and ends. See the schema for the members. */
export type TopicRow = { id: number; seq: number; ts: number; total: number; folded: number };

/** Topics whose rows are kept in memory. */
const CACHED = 10_000;

/** The table `topic` and its `log`. */
export class Topics {
  readonly #rows = new Cache<TopicRow>(CACHED);
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepare>;
  #next: number;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#next =
      (database.query<{ last: number | null }, []>("SELECT max(id) AS last FROM topic").get()?.last ?? 0) + 1;
  }

  get(topic: Topic): TopicRow | null {
    const known = this.#rows.get(topic);
    if (known) return known;
    const row = this.#statements.find.get(topic);
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

  /** Writes a commit and the topic's row; `accept` makes that row the known one, once the transaction stands. */
  append(id: number, commit: EncodedCommit, ts: number, before: TopicRow | null): TopicRow {
    const { log, create, move } = this.#statements;
    const { topic, seq, text } = commit;
    const total = (before?.total ?? 0) + Buffer.byteLength(text);
    log.run(id, seq, total, text);
    if (before) move.run(id, seq, ts, total);
    else create.run(id, topic, seq, ts, total);
    return { id, seq, ts, total, folded: before?.folded ?? 0 };
  }

  accept(topic: Topic, row: TopicRow): void {
    this.#rows.set(topic, row, 1);
  }

  /** The commits after `seq`, as many as fit into `maxBytes`, at least one; `bytes` is the size of all there are. */
  since(row: TopicRow, seq: number, maxBytes: number): { bytes: number; commits: { seq: number; body: string }[] } {
    const from = this.#totalAt(row, seq);
    const over = this.#statements.over.get(row.id, seq + 1, from + maxBytes)?.seq ?? row.seq;
    const commits = this.#statements.read.all(row.id, seq + 1, Math.max(over, seq + 1));
    return { bytes: row.total - from, commits };
  }

  /** Every commit from `seq` on. */
  from(row: TopicRow, seq: number): { seq: number; body: string }[] {
    return this.#statements.read.all(row.id, seq, row.seq);
  }

  /** Deletes at most `limit` commits up to `through`; the row it returns is for `accept`. */
  fold(row: TopicRow, through: number, limit: number): TopicRow {
    const folded = Math.min(through, row.folded + limit);
    this.#statements.drop.run(row.id, row.folded + 1, folded);
    this.#statements.folded.run(row.id, folded);
    return { ...row, folded };
  }

  /** The topics that have commits to fold. */
  unfolded(): Topic[] {
    return this.#statements.unfolded.all().map(({ name }) => name as Topic);
  }

  /** The last commit from before a time, by halving what is in the log; `folded` when there is none. */
  lastBefore(row: TopicRow, ts: number): number {
    if (row.ts < ts) return row.seq;
    let [low, high] = [row.folded, row.seq];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#statements.time.get(row.id, middle)?.ts ?? 0) < ts) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Lets every log go; what is known of the rows is read again. */
  foldAll(): void {
    this.#rows.clear();
    this.#database.run("DELETE FROM log");
    this.#database.run("UPDATE topic SET folded = seq");
  }

  /** Size of all commits up to `seq`, which must not be before `folded`. */
  #totalAt(row: TopicRow, seq: number): number {
    if (seq >= row.seq) return row.total;
    return this.#statements.before.get(row.id, seq + 1)?.total ?? row.total;
  }
}

type Found = { seq: number; body: string };
type Range = [topic: number, from: number, to: number];

function prepare(database: Database) {
  return {
    find: database.prepare<TopicRow, [string]>("SELECT id, seq, ts, total, folded FROM topic WHERE name = ?1"),
    name: database.prepare<{ name: string }, [number]>("SELECT name FROM topic WHERE id = ?1"),
    create: database.prepare<never, [number, string, number, number, number]>(
      "INSERT INTO topic (id, name, seq, ts, total, folded) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
    ),
    move: database.prepare<never, [number, number, number, number]>(
      "UPDATE topic SET seq = ?2, ts = ?3, total = ?4 WHERE id = ?1",
    ),
    unfolded: database.prepare<{ name: string }, []>("SELECT name FROM topic WHERE folded < seq ORDER BY id"),
    time: database.prepare<{ ts: number }, [topic: number, seq: number]>(
      "SELECT body ->> '$.ts' AS ts FROM log WHERE place = ?1 << 32 | ?2",
    ),
    folded: database.prepare<never, [number, number]>("UPDATE topic SET folded = ?2 WHERE id = ?1"),
    log: database.prepare<never, [number, number, number, string]>(
      "INSERT INTO log (place, total, body) VALUES (?1 << 32 | ?2, ?3, ?4)",
    ),
    read: database.prepare<Found, Range>(
      "SELECT place & 0xffffffff AS seq, body FROM log WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | ?3 ORDER BY place",
    ),
    drop: database.prepare<never, Range>("DELETE FROM log WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | ?3"),
    /** The last commit from `from` on whose total is within the bound. */
    over: database.prepare<{ seq: number }, [topic: number, from: number, bound: number]>(
      `SELECT (place & 0xffffffff) - 1 AS seq FROM log
       WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | 0xffffffff AND total > ?3 ORDER BY place LIMIT 1`,
    ),
    before: database.prepare<{ total: number }, [topic: number, seq: number]>(
      "SELECT total - octet_length(body) AS total FROM log WHERE place = ?1 << 32 | ?2",
    ),
  };
}
