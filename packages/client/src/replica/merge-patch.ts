type Value = Record<string, unknown>;

const isObject = (value: unknown): value is Value =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `Object.defineProperty` semantics for the one name that an assignment would treat as the prototype. */
function set(target: Value, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}

/**
 * JSON Merge Patch (RFC 7396): members of `patch` replace those of `target`, objects are merged, `null` removes.
 * Returns a new object; `target` and `patch` stay as they are, and what did not change is shared.
 */
export function mergePatch(target: unknown, patch: Value): Value {
  const merged: Value = isObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === null) {
      delete merged[name];
    } else if (isObject(value)) {
      set(merged, name, mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value));
    } else {
      set(merged, name, value);
    }
  }
  return merged;
}

/**
 * One patch with the effect of `first` and then `second`, or `null` when no merge patch has it: an object that
 * follows a removed or plain member would have to replace it, which a merge patch cannot say.
 */
export function composePatches(first: Value, second: Value): Value | null {
  const composed: Value = { ...first };
  for (const name of Object.keys(second)) {
    const value = second[name];
    if (!isObject(value) || !Object.hasOwn(first, name)) {
      set(composed, name, value);
      continue;
    }
    const before = first[name];
    if (!isObject(before)) return null;
    const inner = composePatches(before, value);
    if (inner === null) return null;
    set(composed, name, inner);
  }
  return composed;
}
