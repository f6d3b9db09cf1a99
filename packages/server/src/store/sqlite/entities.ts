import type { Database } from "bun:sqlite";
import type { Topic } from "@skein/client/protocol";
import type { Edit } from "../plan.ts";
import { keyOf } from "../plan.ts";
import { ABSENT, placeOf, type Standing, type Value, valueOf } from "../standing.ts";
import { Cache } from "./cache.ts";
import type { SearchIndex } from "./search-index.ts";

/** Length of all values kept in memory because they were used last, as JSON. */
const CACHED = 32 * 1024 * 1024;
/** What a cached value costs besides its JSON. */
const OVERHEAD = 256;

/** An entity whose text has grown since its row was written. `seq` is the commit that changed it last. */
export type OpenEntity = { kind: string; id: string; seq: number; standing: Standing };

/** An open entity as a crash left it: `standing` lacks the text that is only in the log. */
export type Unsettled = { topic: number; kind: string; id: string; standing: Standing };

/** What `write` has done to one entity, for `accept`. */
export type Written = { topic: Topic; key: string; open: OpenEntity | null; standing: Standing; size: number };

/** The tables `entity` and `grown`, and what is in memory of them. */
export class Entities {
  readonly #cache = new Cache<Standing>(CACHED);
  readonly #open = new Map<Topic, Map<string, OpenEntity>>();
  readonly #statements: ReturnType<typeof prepare>;
  readonly #search: SearchIndex;
  #next: number;

  constructor(database: Database, search: SearchIndex) {
    this.#statements = prepare(database);
    this.#search = search;
    this.#next =
      (database.query<{ last: number | null }, []>("SELECT max(row) AS last FROM entity").get()?.last ?? 0) + 1;
  }

  standing(topic: Topic, topicId: number, kind: string, id: string): Standing {
    const key = keyOf(kind, id);
    const open = this.#open.get(topic)?.get(key);
    if (open) return open.standing;
    const cached = this.#cache.get(nameOf(topic, key));
    if (cached) return cached;
    const row = this.#statements.find.get(topicId, kind, id);
    if (!row) return ABSENT;
    const value = row.value === null ? null : (JSON.parse(row.value) as Value);
    const standing: Standing = { ...ABSENT, row: row.row, value };
    this.#cache.set(nameOf(topic, key), standing, OVERHEAD + (row.value?.length ?? 0));
    return standing;
  }

  /** The entities of a topic whose rows do not have all of their text, by `keyOf`. */
  open(topic: Topic): ReadonlyMap<string, OpenEntity> {
    return this.#open.get(topic) ?? NONE;
  }

  /** The open entities of these topics that began to grow with the commit `since` or before. */
  openedBy(topics: readonly Topic[], since: number): ({ topic: Topic } & OpenEntity)[] {
    return topics.flatMap((topic) => {
      const open = [...this.open(topic).values()];
      return open.filter(({ standing }) => (standing.since ?? since) <= since).map((each) => ({ topic, ...each }));
    });
  }

  /** The topics that have any. */
  openTopics(): Topic[] {
    return [...this.#open.keys()];
  }

  /** Writes one entity as `seq` leaves it. Memory stays as it is until `accept`, once the transaction stands. */
  write(topic: Topic, topicId: number, edit: Edit, seq: number, ts: number): Written | null {
    const { key, kind, id, before, after } = edit;
    if (!after.stale) {
      const since = before.since ?? seq;
      if (before.since === null) this.#statements.grow.run(after.row, since);
      const standing: Standing = { ...after, since };
      return { topic, key, open: { kind, id, seq, standing }, standing, size: 0 };
    }
    const value = valueOf(after);
    // Made and dropped within one flush: nobody ever saw it.
    if (value === null && after.row === null) return null;
    const json = value === null ? null : JSON.stringify(value);
    const row = after.row ?? this.#next++;
    const place = placeOf(value);
    if (after.row === null) {
      this.#statements.insert.run(row, topicId, kind, id, ts, seq, place.pos, Number(place.held), json);
    } else {
      const was = placeOf(before.value);
      if (was.pos === place.pos && was.held === place.held) this.#statements.rewrite.run(row, seq, json);
      else this.#statements.replace.run(row, seq, place.pos, Number(place.held), json);
      if (before.since !== null) this.#statements.settle.run(row);
    }
    this.#search.update(row, kind, before.row === null ? null : before.value, value);
    return { topic, key, open: null, standing: { ...ABSENT, row, value }, size: OVERHEAD + (json?.length ?? 0) };
  }

  accept({ topic, key, open, standing, size }: Written): void {
    if (open) {
      this.reopen(topic, key, open);
      this.#cache.delete(nameOf(topic, key));
      return;
    }
    const byKey = this.#open.get(topic);
    if (byKey?.delete(key) && byKey.size === 0) this.#open.delete(topic);
    this.#cache.set(nameOf(topic, key), standing, size);
  }

  /** Takes an entity in whose row does not have all of its text. */
  reopen(topic: Topic, key: string, open: OpenEntity): void {
    const byKey = this.#open.get(topic);
    if (byKey) byKey.set(key, open);
    else this.#open.set(topic, new Map([[key, open]]));
  }

  /** What a crash left open, as the rows have it: the text grown since is in the log, from `since` on. */
  unsettled(): Unsettled[] {
    return this.#statements.unsettled.all().map(({ topic, kind, id, row, since, value }) => ({
      topic,
      kind,
      id,
      standing: { ...ABSENT, row, value: JSON.parse(value) as Value, since },
    }));
  }
}

const NONE: ReadonlyMap<string, OpenEntity> = new Map();
const nameOf = (topic: Topic, key: string): string => `${topic} ${key}`;

type UnsettledRow = { topic: number; kind: string; id: string; row: number; since: number; value: string };

function prepare(database: Database) {
  return {
    find: database.prepare<{ row: number; value: string | null }, [number, string, string]>(
      "SELECT row, value FROM entity WHERE topic = ?1 AND kind = ?2 AND id = ?3",
    ),
    insert: database.prepare(
      `INSERT INTO entity (row, topic, kind, id, created, seq, pos, held, value)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
    ),
    // Two statements, because naming a column here costs its indexes a delete and an insert, changed or not.
    rewrite: database.prepare("UPDATE entity SET seq = ?2, value = ?3 WHERE row = ?1"),
    replace: database.prepare("UPDATE entity SET seq = ?2, pos = ?3, held = ?4, value = ?5 WHERE row = ?1"),
    grow: database.prepare("INSERT INTO grown (entity, since) VALUES (?1, ?2)"),
    settle: database.prepare("DELETE FROM grown WHERE entity = ?1"),
    unsettled: database.prepare<UnsettledRow, []>(
      `SELECT entity.topic, entity.kind, entity.id, entity.row, grown.since, entity.value
       FROM grown JOIN entity ON entity.row = grown.entity ORDER BY entity.topic, grown.since`,
    ),
  };
}
