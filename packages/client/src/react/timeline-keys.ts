import type { Item } from "../index.ts";

/** Where an item stands: enough to draw the list, and to read the item with `useItem`. */
export type TimelineKey<Trait = undefined> = {
  /** The entity's kind, for `useItem`. */
  readonly kind: string;
  /** Its id, unique among those of its kind. */
  readonly id: string;
  /** Its place in the timeline (P40). */
  readonly pos: number;
  /** The turn it belongs to, if any. */
  readonly turn: string | undefined;
  /** What `traitOf` gave of it; `undefined` without one. */
  readonly trait: Trait;
};

/** Makes the keys of a timeline; an item that only changed in itself keeps its key, and the list its identity. */
export class TimelineKeys<Trait> {
  readonly #traitOf: ((item: Item) => Trait) | undefined;
  #items: readonly Item[] = [];
  #keys: readonly TimelineKey<Trait>[] = [];

  constructor(traitOf: ((item: Item) => Trait) | undefined) {
    this.#traitOf = traitOf;
  }

  /** @param items `Replica.timeline()`. */
  of(items: readonly Item[]): readonly TimelineKey<Trait>[] {
    if (items === this.#items) return this.#keys;
    let moved: Map<string, TimelineKey<Trait>> | undefined;
    const keys = items.map((item, index): TimelineKey<Trait> => {
      const there = this.#keys[index];
      if (there && item === this.#items[index]) return there;
      if (there?.id === item.id && there.kind === item.kind) return this.#keyOf(item, there);
      // Something came or went before it: from here on keys are found by name.
      moved ??= new Map(this.#keys.map((key) => [`${key.kind} ${key.id}`, key]));
      return this.#keyOf(item, moved.get(`${item.kind} ${item.id}`));
    });
    this.#items = items;
    const same = keys.length === this.#keys.length && keys.every((key, index) => key === this.#keys[index]);
    if (!same) this.#keys = keys;
    return this.#keys;
  }

  #keyOf(item: Item, before: TimelineKey<Trait> | undefined): TimelineKey<Trait> {
    const { kind, id, pos, value } = item;
    const trait = this.#traitOf?.(item) as Trait;
    if (before?.pos === pos && Object.is(before.trait, trait)) return before;
    const turn = value["turn"];
    return { kind, id, pos, turn: typeof turn === "string" ? turn : undefined, trait };
  }
}
