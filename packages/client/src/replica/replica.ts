import type { Change, Commit, Position } from "../protocol/changes.ts";
import type { EntityKind, EntityValue, ItemKind } from "../protocol/entities.ts";
import { isPinned, positionOf } from "../protocol/items.ts";
import type { Topic } from "../protocol/topics.ts";
import { applyChange, GapError } from "./apply-change.ts";

type Value = Record<string, unknown>;

/**
 * One item of a timeline, as a replica holds it. Its `kind` tells what its `value` holds. A server of a later version may
 * have kinds that are not among these: they are held all the same (P3).
 */
export type Item = {
  [Kind in ItemKind]: {
    readonly kind: Kind;
    readonly id: string;
    readonly pos: number;
    readonly value: EntityValue<Kind>;
  };
}[ItemKind];

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
  /** The topic it is a copy of. */
  readonly topic: Topic;
  #epoch: string | null = null;
  #seq = 0;
  #floor = 0;
  #kinds = new Map<string, Map<string, Value>>();
  /** The items in order, kept in step; `null` when it has to be made anew. */
  #order: Placed[] | null = [];
  /** The copy of it last handed out; `null` once an item has changed. */
  #timeline: readonly Placed[] | null = null;

  /** @param after Where it begins instead of at a snapshot: it then holds only what changed since. */
  constructor(topic: Topic, after?: Position) {
    this.topic = topic;
    if (after === undefined) return;
    this.#epoch = after.epoch;
    this.#seq = after.seq;
  }

  /** Which run of the server its position is of (P21); `null` before the first snapshot. */
  get epoch(): string | null {
    return this.#epoch;
  }

  /** The position in the log: all commits up to it are in here, none beyond. 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Every item whose `pos` is at least this is held; 0 when all are. */
  get floor(): number {
    return this.#floor;
  }

  /** The server says that the replica's position is one of its present epoch as well (P30). Nothing else changes. */
  move(epoch: string): void {
    this.#epoch = epoch;
  }

  /** Applies a commit whole or not at all (P22). Never throws; the commit is not altered. */
  apply(commit: Commit): Applied {
    if (commit.after === null) {
      this.#replace(commit);
      return "applied";
    }
    // The first commit of all may be applied by a replica that never saw a snapshot: nothing came before it.
    const fits = this.#epoch === null ? commit.after === 0 : this.#epoch === commit.epoch && commit.after === this.seq;
    if (!fits) return this.#epoch === commit.epoch && commit.seq <= this.#seq ? "repeat" : "gap";
    const changed = this.#decide(commit.changes);
    if (changed === null) return "gap";
    for (const { kind, id, value } of changed) this.#set(kind, id, value);
    this.#epoch = commit.epoch;
    this.#seq = commit.seq;
    return "applied";
  }

  /** What an entity holds; the same object until it changes, `undefined` when it is not held. */
  get<Kind extends EntityKind>(kind: Kind, id: string): EntityValue<Kind> | undefined;
  get(kind: string, id: string): Value | undefined;
  get(kind: string, id: string): Value | undefined {
    return this.#kinds.get(kind)?.get(id);
  }

  /** All entities of a kind, by id; empty when there are none. Changes with the replica: copy what is to stay. */
  all<Kind extends EntityKind>(kind: Kind): ReadonlyMap<string, EntityValue<Kind>>;
  all(kind: string): ReadonlyMap<string, Value>;
  all(kind: string): ReadonlyMap<string, Value> {
    return this.#kinds.get(kind) ?? EMPTY;
  }

  /** The items in timeline order; the same array until one of them changes. */
  timeline(): readonly Item[] {
    this.#order ??= this.#sorted();
    this.#timeline ??= [...this.#order];
    return this.#timeline as readonly Item[];
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
    this.#floor = page.before === null ? 0 : Math.min(this.floor, page.before);
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
      if (isPinned(item.value)) continue;
      this.#set(item.kind, item.id, undefined);
      forgotten++;
    }
    this.#floor = Math.max(this.floor, first.pos);
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
    this.#floor = commit.floor ?? 0;
    for (const change of commit.changes) {
      const value = applyChange(this.get(change.kind, change.id), change);
      this.#set(change.kind, change.id, value);
    }
    this.#epoch = commit.epoch;
    this.#seq = commit.seq;
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

  #sorted(): Placed[] {
    const items: Placed[] = [];
    for (const [kind, ids] of this.#kinds) {
      for (const [id, value] of ids) {
        const pos = positionOf(value);
        if (pos !== null) items.push({ kind, id, pos, value });
      }
    }
    return items.sort((a, b) => a.pos - b.pos || compare(a.kind, b.kind) || compare(a.id, b.id));
  }
}

/** An item, whatever its kind. */
type Placed = { readonly kind: string; readonly id: string; readonly pos: number; readonly value: Value };

const EMPTY: ReadonlyMap<string, Value> = new Map();
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
