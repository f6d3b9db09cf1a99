/** A copy of the map with one entry set; beyond `most` entries the one known longest is forgotten. */
export function remember<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
  most: number,
): ReadonlyMap<Key, Value> {
  const copy = new Map(map);
  copy.set(key, value);
  if (copy.size > most) {
    const first = copy.keys().next();
    if (!first.done) copy.delete(first.value);
  }
  return copy;
}
