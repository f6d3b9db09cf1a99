import type { Database } from "bun:sqlite";

/** One commit as it is kept: `body` is its JSON text as it is sent. */
export type Kept = { seq: number; body: string };

/** The oldest arrivals, as far as one step settles them: how many of each topic. */
export type Slice = { last: number; bytes: number; topics: number[] };

/** A topic's newest commit. */
export type Newest = { seq: number; total: number; ts: number };

/** A topic's commits that have not been settled: `rows[i]` and `totals[i]` are of commit `first + i`. */
type Arrived = { first: number; rows: number[]; totals: number[] };

/** Arrivals that one step settles: few enough that a flush which has to wait for them is not late. */
const SLICE = 256;

/**
 * All topics' commits, in two tables.
 *
 *     append ──▶ arrival, in the order they come ── settled, when there are many ──▶ log, by topic and in order
 *
 * A flush over many topics so writes a few neighbouring pages in place of one for each topic, and one of a single token
 * writes a single page: a topic's row says where its log ends only once that is settled or folded, `newest` where it
 * ends in `arrival`. A topic's older commits lie together, for whoever catches up, and go together when they are folded. All that a topic has in `log` is older than
 * what it has in `arrival`. Commits that are folded before they were settled are left out then, and not looked for before.
 *
 * Which arrivals are whose is kept in memory, and moves only when told that a transaction stands (`accept`, `settled`,
 * `folded`).
 */
export class Log {
  readonly #settleFrom: number;
  readonly #arrived = new Map<number, Arrived>();
  readonly #statements: ReturnType<typeof prepare>;
  #next = 1;
  /** Of all that stands in `arrival`. */
  #bytes = 0;

  /** @param settleFrom Bytes of commits that may stand in the order of their arrival. */
  constructor(database: Database, settleFrom: number) {
    this.#settleFrom = settleFrom;
    this.#statements = prepare(database);
    for (const { row, topic, seq, total, size, folded } of this.#statements.arrivals.all()) {
      this.#next = row + 1;
      this.#bytes += size;
      if (seq > folded) this.#note(topic, seq, row, total);
    }
  }

  /** Writes a commit. Returns its row, for `accept`. */
  append(topic: number, seq: number, total: number, body: string): number {
    const row = this.#next++;
    this.#statements.append.run(row, topic, seq, total, body);
    return row;
  }

  /** The commit that was written as `row` stands. */
  accept(topic: number, seq: number, row: number, total: number, size: number): void {
    this.#bytes += size;
    this.#note(topic, seq, row, total);
  }

  /** The commits from `from` to `to`, both included. */
  read(topic: number, from: number, to: number): Kept[] {
    const arrived = this.#arrived.get(topic);
    const settledTo = Math.min(to, (arrived?.first ?? Number.POSITIVE_INFINITY) - 1);
    const found = settledTo >= from ? this.#statements.read.all(topic, from, settledTo) : [];
    if (!arrived) return found;
    for (let seq = Math.max(from, arrived.first); seq <= to; seq++) {
      const row = this.#statements.arrival.get(arrived.rows[seq - arrived.first] ?? 0);
      if (row) found.push({ seq, body: row.body });
    }
    return found;
  }

  /** The last commit from `from` on with which all of the topic's are within `total` bytes; `null` when all are. */
  lastWithin(topic: number, from: number, total: number): number | null {
    const arrived = this.#arrived.get(topic);
    if (!arrived || from < arrived.first) {
      const settled = this.#statements.lastWithin.get(topic, from, total);
      if (settled) return settled.seq;
    }
    const over = arrived?.totals.findIndex((each, index) => arrived.first + index >= from && each > total) ?? -1;
    return arrived && over >= 0 ? arrived.first + over - 1 : null;
  }

  /** Bytes of all of the topic's commits before `seq`; `null` when that one is not kept. */
  totalBefore(topic: number, seq: number): number | null {
    const row = this.#rowOf(topic, seq);
    const { arrivalBefore, before } = this.#statements;
    return (row === null ? before.get(topic, seq) : arrivalBefore.get(row))?.total ?? null;
  }

  /** The time of a commit, in milliseconds since 1970; `null` when it is not kept. */
  timeOf(topic: number, seq: number): number | null {
    const row = this.#rowOf(topic, seq);
    const { arrivalTime, time } = this.#statements;
    return (row === null ? time.get(topic, seq) : arrivalTime.get(row))?.ts ?? null;
  }

  /** Lets commits go; the topic's row must say by then that they are folded. */
  fold(topic: number, from: number, to: number): void {
    this.#statements.drop.run(topic, from, to);
  }

  /** The commits up to `seq` are folded. */
  folded(topic: number, seq: number): void {
    const arrived = this.#arrived.get(topic);
    if (arrived) this.#trim(topic, arrived, seq - arrived.first + 1);
  }

  /** Whether `settle` has something to do. */
  get isFull(): boolean {
    return this.#bytes > this.#settleFrom;
  }

  /** Gives the oldest arrivals their places among their topics' commits. Returns what `settled` is to be told. */
  settle(): Slice {
    const { oldest, topics, heads, move, leave } = this.#statements;
    const { last, bytes } = oldest.get(SLICE) ?? {};
    const slice = { last: last ?? 0, bytes: bytes ?? 0, topics: topics.all(last ?? 0).map(({ topic }) => topic) };
    heads.run(slice.last);
    move.run(slice.last);
    leave.run(slice.last);
    return slice;
  }

  /** The topic's newest commit, when it has not been settled. */
  newest(topic: number): Newest | null {
    const arrived = this.#arrived.get(topic);
    if (!arrived) return null;
    const ts = this.#statements.arrivalTime.get(arrived.rows.at(-1) ?? 0)?.ts ?? 0;
    return { seq: arrived.first + arrived.rows.length - 1, total: arrived.totals.at(-1) ?? 0, ts };
  }

  /** The topics with commits that have not been settled. */
  unsettled(): number[] {
    return [...this.#arrived.keys()];
  }

  /** A slice has been settled. */
  settled({ last, bytes, topics }: Slice): void {
    this.#bytes -= bytes;
    for (const topic of topics) {
      const arrived = this.#arrived.get(topic);
      if (!arrived) continue;
      const kept = arrived.rows.findIndex((row) => row > last);
      this.#trim(topic, arrived, kept < 0 ? arrived.rows.length : kept);
    }
  }

  #note(topic: number, seq: number, row: number, total: number): void {
    const arrived = this.#arrived.get(topic);
    if (!arrived) this.#arrived.set(topic, { first: seq, rows: [row], totals: [total] });
    else if (seq === arrived.first + arrived.rows.length) {
      arrived.rows.push(row);
      arrived.totals.push(total);
    }
  }

  #trim(topic: number, arrived: Arrived, count: number): void {
    if (count <= 0) return;
    if (count >= arrived.rows.length) {
      this.#arrived.delete(topic);
      return;
    }
    arrived.first += count;
    arrived.rows.splice(0, count);
    arrived.totals.splice(0, count);
  }

  #rowOf(topic: number, seq: number): number | null {
    const arrived = this.#arrived.get(topic);
    return arrived?.rows[seq - arrived.first] ?? null;
  }
}

type Arrival = { row: number; topic: number; seq: number; total: number; size: number; folded: number };
type Range = [topic: number, from: number, to: number];

function prepare(database: Database) {
  return {
    arrivals: database.prepare<Arrival, []>(
      `SELECT row, place >> 32 AS topic, place & 0xffffffff AS seq, arrival.total AS total, octet_length(body) AS size, folded
       FROM arrival JOIN topic ON topic.id = place >> 32 ORDER BY row`,
    ),
    append: database.prepare<never, [row: number, topic: number, seq: number, total: number, body: string]>(
      "INSERT INTO arrival (row, place, total, body) VALUES (?1, ?2 << 32 | ?3, ?4, ?5)",
    ),
    arrival: database.prepare<{ body: string }, [row: number]>("SELECT body FROM arrival WHERE row = ?1"),
    arrivalBefore: database.prepare<{ total: number }, [row: number]>(
      "SELECT total - octet_length(body) AS total FROM arrival WHERE row = ?1",
    ),
    arrivalTime: database.prepare<{ ts: number }, [row: number]>(
      "SELECT body ->> '$.ts' AS ts FROM arrival WHERE row = ?1",
    ),
    oldest: database.prepare<{ last: number; bytes: number }, [limit: number]>(
      `SELECT max(row) AS last, sum(octet_length(body)) AS bytes
       FROM (SELECT row, body FROM arrival ORDER BY row LIMIT ?1)`,
    ),
    topics: database.prepare<{ topic: number }, [last: number]>(
      "SELECT DISTINCT place >> 32 AS topic FROM arrival WHERE row <= ?1",
    ),
    // With max(), the other columns are those of the row that has it: https://www.sqlite.org/lang_select.html#bareagg
    heads: database.prepare<never, [last: number]>(
      `UPDATE topic SET seq = newest.seq, total = newest.total, ts = newest.ts
       FROM (SELECT place >> 32 AS id, max(place & 0xffffffff) AS seq, total, body ->> '$.ts' AS ts
         FROM arrival WHERE row <= ?1 GROUP BY place >> 32) AS newest
       WHERE topic.id = newest.id AND topic.seq < newest.seq`,
    ),
    move: database.prepare<never, [last: number]>(
      `INSERT INTO log (place, total, body)
       SELECT place, arrival.total, body FROM arrival JOIN topic ON topic.id = place >> 32
       WHERE row <= ?1 AND place & 0xffffffff > folded ORDER BY place`,
    ),
    leave: database.prepare<never, [last: number]>("DELETE FROM arrival WHERE row <= ?1"),
    read: database.prepare<Kept, Range>(
      "SELECT place & 0xffffffff AS seq, body FROM log WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | ?3 ORDER BY place",
    ),
    lastWithin: database.prepare<{ seq: number }, [topic: number, from: number, total: number]>(
      `SELECT (place & 0xffffffff) - 1 AS seq FROM log
       WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | 0xffffffff AND total > ?3 ORDER BY place LIMIT 1`,
    ),
    before: database.prepare<{ total: number }, [topic: number, seq: number]>(
      "SELECT total - octet_length(body) AS total FROM log WHERE place = ?1 << 32 | ?2",
    ),
    time: database.prepare<{ ts: number }, [topic: number, seq: number]>(
      "SELECT body ->> '$.ts' AS ts FROM log WHERE place = ?1 << 32 | ?2",
    ),
    drop: database.prepare<never, Range>("DELETE FROM log WHERE place BETWEEN ?1 << 32 | ?2 AND ?1 << 32 | ?3"),
  };
}
