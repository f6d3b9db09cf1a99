import type { Database } from "bun:sqlite";
import { SkeinError, type Topic } from "@skein/client/protocol";
import type { SearchHit } from "../contract.ts";
import type { Value } from "../standing.ts";
import type { TextOf } from "../text-of.ts";

/** The marks around a hit in a snippet, and the size of a snippet in words. */
const HIT_STARTS = "\u0002";
const HIT_ENDS = "\u0003";
const SNIPPET_WORDS = 16;

/** Full-text search: FTS5, https://www.sqlite.org/fts5.html. Fed in the transaction that writes the entity's row. */
export class SearchIndex {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #textOf: TextOf;

  constructor(database: Database, textOf: TextOf) {
    this.#statements = prepare(database);
    this.#textOf = textOf;
  }

  /** Takes an entity's text in, in place of what its last row had; text that stayed the same costs nothing. */
  update(row: number, kind: string, before: Value | null, after: Value | null): void {
    const was = before && this.#textOf(kind, before);
    const is = after && this.#textOf(kind, after);
    if (was === is) return;
    if (was !== null) this.#statements.remove.run(row);
    // The marks and NUL, which ends a text for the tokenizer, are nothing anyone searches for.
    // oxlint-disable-next-line no-control-regex
    if (is !== null) this.#statements.insert.run(row, is.replace(/[\u0000\u0002\u0003]/g, " "));
  }

  /** The newest entities first; the cursor is the number of the row last shown. */
  find(query: { text: string; topics: readonly Topic[] | "all"; limit: number; before?: string }): {
    hits: SearchHit[];
    next: string | null;
  } {
    const match = matchOf(query.text);
    const before = query.before === undefined ? Number.MAX_SAFE_INTEGER : Number(query.before);
    if (!Number.isSafeInteger(before)) {
      throw new SkeinError("invalid", "`before` is not the `next` of a page of hits.", { path: "params.before" });
    }
    if (match === null) return { hits: [], next: null };
    const topics = query.topics === "all" ? null : JSON.stringify(query.topics);
    // One more than asked tells whether there is a next page.
    const found = this.#statements.find.all(match, before, topics, query.limit + 1);
    const page = found.slice(0, query.limit);
    return {
      hits: page.map(({ topic, kind, id, pos, snippet, ts }) => ({ topic, kind, id, pos, snippet, ts })),
      next: found.length > page.length ? String(page.at(-1)?.row ?? 0) : null,
    };
  }
}

/** Different words of a search that are looked for; each costs a walk through the index. */
const MOST_WORDS = 16;

/**
 * A person's words as an FTS5 query: each once and quoted, so that none is taken for an operator, all of them wanted, the
 * last one as the beginning of a word, since it may still be being typed. A single letter is no beginning: it would be
 * that of a large part of all words. Of many words the first and the last are taken. `null` when there is no word in it.
 */
export function matchOf(text: string): string | null {
  const words = text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu);
  const last = words?.pop();
  if (!words || last === undefined) return null;
  const others = [...new Set(words)].filter((word) => word !== last).slice(0, MOST_WORDS - 1);
  const isBeginning = last.length > 1 || !/^[\p{ASCII}]$/u.test(last);
  return [...others, last].map((word) => `"${word}"`).join(" ") + (isBeginning ? "*" : "");
}

type Found = SearchHit & { row: number };

function prepare(database: Database) {
  return {
    insert: database.prepare("INSERT OR REPLACE INTO search_text (rowid, text) VALUES (?1, ?2)"),
    remove: database.prepare("DELETE FROM search_text WHERE rowid = ?1"),
    // CROSS JOIN keeps the index outermost: it gives rows in order, and the search ends with the page.
    find: database.prepare<Found, [match: string, before: number, topics: string | null, limit: number]>(
      `SELECT entity.row, topic.name AS topic, entity.kind, entity.id, entity.pos, entity.created AS ts,
         snippet(search_text, 0, '${HIT_STARTS}', '${HIT_ENDS}', '…', ${SNIPPET_WORDS}) AS snippet
       FROM search_text CROSS JOIN entity ON entity.row = search_text.rowid CROSS JOIN topic ON topic.id = entity.topic
       WHERE search_text MATCH ?1 AND search_text.rowid < ?2
         AND (?3 IS NULL OR topic.name IN (SELECT value FROM json_each(?3)))
       ORDER BY search_text.rowid DESC LIMIT ?4`,
    ),
  };
}
