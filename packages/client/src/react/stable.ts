/**
 * The previous value when the next one is equal to it member by member, else the next: what did not change stays the
 * same object, so that nothing renders again because of it.
 */
export function stable<Value extends object>(previous: Value | undefined, next: Value): Value {
  return previous !== undefined && equal(previous, next) ? previous : next;
}

function equal(a: object, b: object): boolean {
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => Object.is(left[name], right[name]));
}
