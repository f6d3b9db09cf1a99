import type { Database } from "bun:sqlite";
import type { Commit, Position, Topic } from "@skein/client/protocol";
import type { TopicRow } from "./topics.ts";

/**
 * Which states the topics of this database were in, by the names that clients know them by.
 *
 * Each start of the server is a run and has an epoch, a name that nobody had before. A topic's first commit in a run
 * begins a stretch of its log; the stretch ends where a later run begins one. Two databases that were one until somebody
 * copied it share the stretches up to there, and no other: so a position is of this log if its epoch is, and if it is not
 * beyond the end of that epoch's stretch. Nothing needs to be known of how the last run ended, or of which file this is.
 */
export class Lineage {
  readonly #statements: ReturnType<typeof prepare>;
  #run = 0;

  constructor(database: Database) {
    this.#statements = prepare(database);
  }

  /** Begins a run, before the first `note`. */
  begin(epoch: string): void {
    this.#run = this.#statements.add.get(epoch)?.id ?? 0;
  }

  /** Whether no other server has begun a run since: only one may write. Within a transaction this holds to its end. */
  get isNewest(): boolean {
    return this.#statements.newest.get()?.id === this.#run;
  }

  /**
   * Notes the topic's commit `seq`, in its transaction, where it is the topic's first in this run. Returns the run.
   * @param last The run of the commit before it.
   */
  note(topic: number, seq: number, last: number | null): number {
    if (last !== this.#run) this.#statements.begin.run(topic, this.#run, seq);
    return this.#run;
  }

  /** Whether the topic's log led through this position. */
  holds(row: TopicRow, { epoch, seq }: Position): boolean {
    const run = this.#statements.run.get(epoch)?.id;
    if (run === undefined) return false;
    const next = this.#statements.next.get(row.id, run)?.seq ?? null;
    return seq <= (next === null ? row.seq : next - 1);
  }
}

/** A commit's text as of the present epoch: it is kept as it was first sent. */
export function ofEpoch(body: string, topic: Topic, epoch: string): string {
  const start = `{"topic":"${topic}","epoch":"`;
  if (!body.startsWith(start)) return JSON.stringify({ ...(JSON.parse(body) as Commit), epoch });
  return start + epoch + body.slice(body.indexOf('"', start.length));
}

function prepare(database: Database) {
  return {
    add: database.prepare<{ id: number }, [epoch: string]>("INSERT INTO run (epoch) VALUES (?1) RETURNING id"),
    newest: database.prepare<{ id: number }, []>("SELECT max(id) AS id FROM run"),
    run: database.prepare<{ id: number }, [epoch: string]>("SELECT id FROM run WHERE epoch = ?1"),
    begin: database.prepare<never, [topic: number, run: number, seq: number]>(
      "INSERT INTO stretch (topic, run, seq) VALUES (?1, ?2, ?3)",
    ),
    next: database.prepare<{ seq: number | null }, [topic: number, run: number]>(
      "SELECT min(seq) AS seq FROM stretch WHERE topic = ?1 AND run > ?2",
    ),
  };
}
