import type { Database } from "bun:sqlite";
import type { Topic } from "@skein/client/protocol";
import type { Bounds, EncodedCommit, HistoryPage, StoredEntity } from "../contract.ts";
import { keyOf } from "../plan.ts";
import { placeOf, type Value, valueOf } from "../standing.ts";
import type { Entities, OpenEntity } from "./entities.ts";
import type { TopicRow } from "./topics.ts";

/** An entity's row as JSON text, which goes into a commit without being parsed. */
type Row = { kind: string; id: string; pos: number | null; value: string | null };

/** An item, and what its row's value takes. */
type Size = { kind: string; id: string; pos: number; bytes: number };

/** What `valuesAfter` reads at a time: about a millisecond's worth. */
const VALUES_STEP = { rows: 500, bytes: 1024 * 1024 };

/** Reads of a topic's present state: rows, with the text that has grown beyond them in its place. */
export class Reads {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #entities: Entities;
  readonly #epoch: string;

  constructor(database: Database, entities: Entities, epoch: string) {
    this.#statements = prepare(database);
    this.#entities = entities;
    this.#epoch = epoch;
  }

  changedSince(topic: Topic, row: TopicRow, seq: number): EncodedCommit {
    // An entity that is open may have changed since, though its row has not.
    const rows = this.#statements.changed.all(row.id, seq);
    const opened = [...this.#entities.open(topic).values()].filter((open) => open.seq > seq);
    return this.#commit(topic, row, seq, withOpened(rows, opened));
  }

  changedBytes(row: TopicRow, seq: number): number {
    return this.#statements.changedBytes.get(row.id, seq)?.bytes ?? 0;
  }

  snapshot(topic: Topic, row: TopicRow, window: Bounds | undefined): EncodedCommit {
    const open = this.#entities.open(topic);
    if (window === undefined) {
      return this.#commit(topic, row, null, withOpened(this.#statements.everything.all(row.id), open.values()));
    }
    const floor = this.#start(topic, row.id, Number.MAX_SAFE_INTEGER, window) ?? 0;
    const rows = [...this.#statements.held.all(row.id, floor), ...this.#statements.items.all(row.id, floor)];
    const shown = new Set(rows.map(({ kind, id }) => keyOf(kind, id)));
    const opened = [...open].filter(([key]) => shown.has(key)).map(([, each]) => each);
    return this.#commit(topic, row, null, withOpened(rows, opened), floor);
  }

  history(topic: Topic, row: TopicRow, before: number, page: Bounds): HistoryPage {
    const start = this.#start(topic, row.id, before, page);
    const rows = this.#statements.page.all(row.id, start ?? Number.MIN_SAFE_INTEGER, before);
    return { epoch: this.#epoch, seq: row.seq, items: this.#parse(topic, rows), before: start };
  }

  ofKind(topic: Topic, row: TopicRow, kind: string): StoredEntity[] {
    return this.#parse(topic, this.#statements.ofKind.all(row.id, kind));
  }

  /** Some values of all topics, in the order their entities were made, from the one after row `after`; `null` at the end. */
  valuesAfter(after: number): { values: string[]; last: number } | null {
    let left = VALUES_STEP.bytes;
    let last: number | null = null;
    for (const { row, bytes } of this.#statements.rowSizes.all(after, VALUES_STEP.rows)) {
      left -= bytes;
      if (left < 0 && last !== null) break;
      last = row;
    }
    return last === null ? null : { values: this.#statements.values.all(after, last).map(({ value }) => value), last };
  }

  openTopics(): Topic[] {
    return this.#statements.openTopics.all().map(({ name }) => name);
  }

  lastPosition(row: TopicRow): number {
    return this.#statements.last.get(row.id)?.pos ?? -1;
  }

  /**
   * The lowest place of the items before `before` that are within the bounds; `null` when there is nothing older.
   * Items that share a place are on one page: the next, which is asked for by it, would miss them.
   */
  #start(topic: Topic, topicId: number, before: number, { items, bytes }: Bounds): number | null {
    const open = this.#entities.open(topic);
    let start: number | null = null;
    let left = bytes;
    for (const each of this.#statements.sizes.all(topicId, before, items)) {
      const grown = open.get(keyOf(each.kind, each.id));
      left -= grown ? Buffer.byteLength(JSON.stringify(valueOf(grown.standing))) : each.bytes;
      if (left < 0 && start !== null && each.pos < start) break;
      start = each.pos;
    }
    return start !== null && this.#statements.older.get(topicId, start) ? start : null;
  }

  #parse(topic: Topic, rows: readonly Row[]): StoredEntity[] {
    const open = this.#entities.open(topic);
    return rows.map(({ kind, id, value }) => {
      const opened = open.get(keyOf(kind, id));
      return { kind, id, value: (opened ? valueOf(opened.standing) : JSON.parse(value ?? "{}")) as Value };
    });
  }

  #commit(topic: Topic, row: TopicRow, after: number | null, rows: readonly Row[], floor?: number): EncodedCommit {
    const changes = rows.map(({ kind, id, value }) => {
      const entity = `"kind":${JSON.stringify(kind)},"id":${JSON.stringify(id)}`;
      return value === null ? `{"op":"drop",${entity}}` : `{"op":"put",${entity},"value":${value}}`;
    });
    const { seq, ts } = row;
    const head = JSON.stringify({
      topic,
      epoch: this.#epoch,
      after,
      seq,
      ts,
      ...(floor === undefined ? {} : { floor }),
    });
    const text = `${head.slice(0, -1)},"changes":[${changes.join(",")}]}`;
    return { topic, epoch: this.#epoch, after, seq, text };
  }
}

/** The rows with the open entities in their present state: in place of their row, or after the rows. */
function withOpened(rows: readonly Row[], opened: Iterable<OpenEntity>): Row[] {
  const byKey = new Map<string, Row>();
  for (const { kind, id, standing } of opened) {
    const value = valueOf(standing);
    byKey.set(keyOf(kind, id), { kind, id, pos: placeOf(value).pos, value: JSON.stringify(value) });
  }
  if (byKey.size === 0) return [...rows];
  const merged = rows.map((row) => {
    const key = keyOf(row.kind, row.id);
    const open = byKey.get(key);
    byKey.delete(key);
    return open ?? row;
  });
  return [...merged, ...byKey.values()];
}

function prepare(database: Database) {
  const columns = "kind, id, pos, value";
  const inOrder = "ORDER BY pos, kind, id";
  return {
    everything: database.prepare<Row, [number]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND value IS NOT NULL ${inOrder}`,
    ),
    held: database.prepare<Row, [topic: number, floor: number]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND held = 1 AND (pos IS NULL OR pos < ?2) ${inOrder}`,
    ),
    items: database.prepare<Row, [topic: number, floor: number]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND pos >= ?2 ${inOrder}`,
    ),
    changed: database.prepare<Row, [topic: number, seq: number]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND seq > ?2 ${inOrder}`,
    ),
    // The length of a value stands in its row's header: the value itself is not read.
    changedBytes: database.prepare<{ bytes: number | null }, [topic: number, seq: number]>(
      "SELECT sum(octet_length(value)) AS bytes FROM entity WHERE topic = ?1 AND seq > ?2",
    ),
    page: database.prepare<Row, [topic: number, from: number, before: number]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND pos >= ?2 AND pos < ?3 ${inOrder}`,
    ),
    ofKind: database.prepare<Row, [topic: number, kind: string]>(
      `SELECT ${columns} FROM entity WHERE topic = ?1 AND kind = ?2 AND value IS NOT NULL ORDER BY pos, id`,
    ),
    sizes: database.prepare<Size, [topic: number, before: number, items: number]>(
      `SELECT kind, id, pos, octet_length(value) AS bytes FROM entity
       WHERE topic = ?1 AND pos < ?2 ORDER BY pos DESC LIMIT ?3`,
    ),
    older: database.prepare<{ pos: number }, [topic: number, before: number]>(
      "SELECT pos FROM entity WHERE topic = ?1 AND pos < ?2 LIMIT 1",
    ),
    rowSizes: database.prepare<{ row: number; bytes: number }, [after: number, rows: number]>(
      "SELECT row, coalesce(octet_length(value), 0) AS bytes FROM entity WHERE row > ?1 ORDER BY row LIMIT ?2",
    ),
    values: database.prepare<{ value: string }, [after: number, last: number]>(
      "SELECT value FROM entity WHERE row > ?1 AND row <= ?2 AND value IS NOT NULL",
    ),
    openTopics: database.prepare<{ name: Topic }, []>(
      `SELECT DISTINCT topic.name FROM entity JOIN topic ON topic.id = entity.topic
       WHERE entity.held = 1 AND entity.pos IS NOT NULL ORDER BY topic.name`,
    ),
    last: database.prepare<{ pos: number }, [topic: number]>(
      "SELECT pos FROM entity WHERE topic = ?1 AND pos IS NOT NULL ORDER BY pos DESC LIMIT 1",
    ),
  };
}
