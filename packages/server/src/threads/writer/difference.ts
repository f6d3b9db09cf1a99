import { isDeepStrictEqual } from "node:util";

type Value = Record<string, unknown>;

/**
 * The merge patch (RFC 7396) that takes an entity's value to another. `undefined` when they are equal; `null` when no
 * patch can tell the difference: a merge patch cannot set a member to `null`.
 */
export function difference(from: Value, to: Value): Value | undefined | null {
  // By entries, so that what an agent calls `__proto__` or `constructor` is a member like any other.
  const patch: [name: string, value: unknown][] = [];
  for (const [name, after] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (isDeepStrictEqual(before, after)) continue;
    if (after === null || after === undefined) return null;
    if (!isObject(after)) {
      patch.push([name, after]);
    } else {
      const inner = difference(isObject(before) ? before : {}, after);
      if (inner === null) return null;
      patch.push([name, inner ?? {}]);
    }
  }
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch.push([name, null]);
  return patch.length === 0 ? undefined : Object.fromEntries(patch);
}

function isObject(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
