import type { Append, Change } from "../protocol/changes.ts";
import { mergePatch } from "./merge-patch.ts";

type Value = Record<string, unknown>;

/** An `append` that does not fit: text before it is missing here, or differs. The topic is to be asked for again. */
export class GapError extends Error {
  constructor(change: Append, length: number) {
    super(`An append to ${change.kind} ${change.id}.${change.field} at ${change.at} does not fit its ${length} units.`);
    this.name = "GapError";
  }
}

/**
 * What an entity is after one change: the one rule of Skein, used by every replica and by the store.
 * `undefined` is an entity that is not there: `patch` and `append` do not make one.
 * The value given is never altered.
 * @throws GapError when text is missing before an `append`, or is not what the append repeats.
 */
export function applyChange(value: Value | undefined, change: Change): Value | undefined {
  switch (change.op) {
    case "put":
      return change.value;
    case "drop":
      return undefined;
    case "patch":
      return value && mergePatch(value, change.value);
    case "append":
      return value && applyAppend(value, change);
    default:
      return change satisfies never;
  }
}

function applyAppend(value: Value, change: Append): Value {
  const before = value[change.field];
  const text = typeof before === "string" ? before : "";
  if (text.length === change.at) return { ...value, [change.field]: text + change.text };
  if (text.length < change.at) throw new GapError(change, text.length);
  // A repeat, in whole or in part: what is there must be the same, what is not is added.
  const overlap = text.slice(change.at, change.at + change.text.length);
  if (!change.text.startsWith(overlap)) throw new GapError(change, text.length);
  return overlap.length === change.text.length
    ? value
    : { ...value, [change.field]: text + change.text.slice(overlap.length) };
}
