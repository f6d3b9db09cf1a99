import type { Change, Commit } from "../protocol/changes.ts";
import { isHeld, positionOf } from "../protocol/items.ts";
import type { Topic } from "../protocol/topics.ts";
import { applyChange, GapError } from "./apply-change.ts";

type Value = Record<string, unknown>;

/** One item of a timeline, as a replica holds it. */
export type Item = { readonly kind: string; readonly id: string; readonly pos: number; readonly value: Value };

/** What became of a commit: `repeat` was known already; `gap` does not fit, and nothing of it was applied. */
export type Applied = "applied" | "repeat" | "gap";

/** A page of older items, as `history` answers it. */
export type Page = {
  epoch: string;
  items: readonly { kind: string; id: string; value: Value }[];
  before: number | null;
};

/**
 * A copy of a topic: what the commits it has applied add up to.
 *
 * A replica at position `p` applies a commit if and only if `after === p`, or `after === null` (a snapshot, which
 * replaces everything). A windowed replica holds the items from `floor` upward and every held entity.
 * Values are immutable: a changed entity is a new object, an unchanged one stays the same object.
 */
export class Replica {
  readonly topic: Topic;
  /** The log's lineage; `null` before the first snapshot. */
  epoch: string | null = null;
  seq = 0;
  /** The lowest `pos` of an item held; 0 when all are. */
  floor = 0;
  /** Grows with every change of content. */
  version = 0;
  #kinds = new Map<string, Map<string, Value>>();
  /** The items in order, kept in step; `null` when it has to be made anew. */
  #order: Item[] | null = [];
  /** The copy of it last handed out; `null` once an item has changed. */
  #timeline: readonly Item[] | null = null;

  constructor(topic: Topic) {
    this.topic = topic;
  }

  /** Applies a commit whole or not at all. */
  apply(commit: Commit): Applied {
    if (commit.after === null) {
      this.#replace(commit);
      return "applied";
    }
    // The first commit of all may be applied by a replica that never saw a snapshot: nothing came before it.
    const fits = this.epoch === null ? commit.after === 0 : this.epoch === commit.epoch && commit.after === this.seq;
    if (!fits) return this.epoch === commit.epoch && commit.seq <= this.seq ? "repeat" : "gap";
    const changed = this.#decide(commit.changes);
    if (changed === null) return "gap";
    for (const { kind, id, value } of changed) this.#set(kind, id, value);
    this.epoch = commit.epoch;
    this.seq = commit.seq;
    this.version++;
    return "applied";
  }

  get(kind: string, id: string): Value | undefined {
    return this.#kinds.get(kind)?.get(id);
  }

  /** All entities of a kind, by id. */
  all(kind: string): ReadonlyMap<string, Value> {
    return this.#kinds.get(kind) ?? EMPTY;
  }

  /** The items in timeline order; the same array until one of them changes. */
  timeline(): readonly Item[] {
    this.#order ??= this.#sorted();
    this.#timeline ??= [...this.#order];
    return this.#timeline;
  }

  /** Whether there are items below `floor`. */
  get hasOlder(): boolean {
    return this.floor > 0;
  }

  /** Takes in a page of older items and lowers the floor to it. A page of another epoch is not taken. */
  addHistory(page: Page): boolean {
    if (page.epoch !== this.epoch) return false;
    for (const { kind, id, value } of page.items) {
      if (!this.#kinds.get(kind)?.has(id)) this.#set(kind, id, value);
    }
    this.floor = page.before === null ? 0 : Math.min(this.floor, page.before);
    this.version++;
    return true;
  }

  /** Forgets all but the newest `keep` items and what is held anyway. Returns how many were forgotten. */
  trim(keep: number): number {
    const items = this.timeline();
    const first = items[items.length - keep];
    if (first === undefined || items.length <= keep) return 0;
    let forgotten = 0;
    for (const item of items) {
      if (item.pos >= first.pos) break;
      if (isHeld(item.value)) continue;
      this.#set(item.kind, item.id, undefined);
      forgotten++;
    }
    this.floor = Math.max(this.floor, first.pos);
    if (forgotten > 0) this.version++;
    return forgotten;
  }

  /** Everything held, in a canonical order: equal for equal replicas. */
  dump(): { epoch: string | null; seq: number; entities: { kind: string; id: string; value: Value }[] } {
    const entities = [...this.#kinds]
      .flatMap(([kind, ids]) => [...ids].map(([id, value]) => ({ kind, id, value })))
      .toSorted((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id));
    return { epoch: this.epoch, seq: this.seq, entities };
  }

  #replace(commit: Commit): void {
    this.#kinds = new Map();
    this.#order = null;
    this.#timeline = null;
    this.floor = commit.floor ?? 0;
    for (const change of commit.changes) {
      const value = applyChange(this.get(change.kind, change.id), change);
      this.#set(change.kind, change.id, value);
    }
    this.epoch = commit.epoch;
    this.seq = commit.seq;
    this.version++;
  }

  /** The values after the changes, or `null` at a gap: decided before anything is touched. */
  #decide(changes: readonly Change[]): { kind: string; id: string; value: Value | undefined }[] | null {
    const pending = new Map<string, { kind: string; id: string; value: Value | undefined }>();
    try {
      for (const change of changes) {
        const key = `${change.kind}\u0000${change.id}`;
        const before = pending.get(key);
        const value = before ? before.value : this.get(change.kind, change.id);
        if (change.op === "put" && value === undefined && this.#isBelow(change.value)) continue;
        const after = applyChange(value, change);
        if (before) before.value = after;
        else if (after !== value) pending.set(key, { kind: change.kind, id: change.id, value: after });
      }
    } catch (error) {
      if (error instanceof GapError) return null;
      throw error;
    }
    return [...pending.values()];
  }

  #isBelow(value: Value): boolean {
    const pos = positionOf(value);
    return pos !== null && pos < this.floor;
  }

  #set(kind: string, id: string, value: Value | undefined): void {
    const ids = this.#kinds.get(kind);
    const before = ids?.get(id);
    this.#place(kind, id, before, value);
    if (value === undefined) {
      ids?.delete(id);
    } else if (ids) {
      ids.set(id, value);
    } else {
      this.#kinds.set(kind, new Map([[id, value]]));
    }
  }

  /** Keeps the order in step where that is cheap (an item at or near the end), else lets it be made anew. */
  #place(kind: string, id: string, before: Value | undefined, after: Value | undefined): void {
    const from = before ? positionOf(before) : null;
    const to = after ? positionOf(after) : null;
    if (from === null && to === null) return;
    this.#timeline = null;
    const order = this.#order;
    if (order === null) return;
    const last = order.at(-1);
    if (after && to !== null && from === null && (last === undefined || to > last.pos)) {
      order.push({ kind, id, pos: to, value: after });
      return;
    }
    const index = after && from === to ? order.findLastIndex((item) => item.id === id && item.kind === kind) : -1;
    if (after && to !== null && index >= 0) order[index] = { kind, id, pos: to, value: after };
    else this.#order = null;
  }

  #sorted(): Item[] {
    const items: Item[] = [];
    for (const [kind, ids] of this.#kinds) {
      for (const [id, value] of ids) {
        const pos = positionOf(value);
        if (pos !== null) items.push({ kind, id, pos, value });
      }
    }
    return items.sort((a, b) => a.pos - b.pos || compare(a.kind, b.kind) || compare(a.id, b.id));
  }
}

const EMPTY: ReadonlyMap<string, Value> = new Map();
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
