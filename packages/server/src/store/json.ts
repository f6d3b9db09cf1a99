/**
 * The value as JSON carries it: the same object when JSON would carry it whole, else a copy of what it would.
 * A member that is `undefined` is not there for those who read the text, so it must not be there for the store either.
 */
export function asJson<T>(value: T): T {
  return isJson(value) ? value : (JSON.parse(JSON.stringify(value)) as T);
}

function isJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isJson);
      return isPlain(value) && Object.values(value).every(isJson);
    default:
      return false;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !("toJSON" in value);
}
