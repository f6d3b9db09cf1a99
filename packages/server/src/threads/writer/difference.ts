import { isDeepStrictEqual } from "node:util";

type Value = Record<string, unknown>;

/**
 * The merge patch (RFC 7396) that takes an entity's value to another. `undefined` when they are equal; `null` when no
 * patch can tell the difference: a merge patch cannot set a member to `null`.
 */
export function difference(from: Value, to: Value): Value | undefined | null {
  let patch: Value | undefined;
  for (const [name, after] of Object.entries(to)) {
    const before = from[name];
    if (isDeepStrictEqual(before, after)) continue;
    if (after === null || after === undefined) return null;
    patch ??= {};
    if (!isObject(after)) {
      patch[name] = after;
    } else {
      const inner = difference(isObject(before) ? before : {}, after);
      if (inner === null) return null;
      patch[name] = inner ?? {};
    }
  }
  for (const name of Object.keys(from)) {
    if (name in to) continue;
    patch ??= {};
    patch[name] = null;
  }
  return patch;
}

function isObject(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
