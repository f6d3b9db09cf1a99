import type { EntityKind, EntityValue, Replica } from "../index.ts";

/** An entity with its id. The same object as long as the entity does not change. */
export type Entity<Value> = { readonly id: string; readonly value: Value };

const known = new WeakMap<object, Entity<unknown>>();

/** All entities of a kind. Values are immutable and belong to one id each, so each has one object for ever. */
export function entitiesOf<Kind extends EntityKind>(replica: Replica, kind: Kind): Entity<EntityValue<Kind>>[] {
  return [...replica.all(kind)].map(([id, value]) => {
    const found = known.get(value);
    if (found?.id === id) return found as Entity<EntityValue<Kind>>;
    const made: Entity<EntityValue<Kind>> = { id, value };
    known.set(value, made);
    return made;
  });
}
