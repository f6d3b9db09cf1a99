import { type Append, type Change, isPinned, positionOf } from "@skein/client/protocol";
import { mergePatch } from "@skein/client/replica";

export type Value = Record<string, unknown>;

/** The whole text of a member that has grown since the entity's row was written. */
type Grown = { readonly field: string; readonly text: string };

/**
 * How one entity stands: its row, and the text that has grown beyond it. Never altered: a change makes a new one.
 * The text is joined with `+=`, which the engine keeps as a rope: a token costs its own length, not the message's.
 */
export type Standing = {
  /** Number of the entity's row, `null` when it never had one. */
  readonly row: number | null;
  /** The value as the row has it; `null` when the entity is not there (never was, or was dropped). */
  readonly value: Value | null;
  readonly grown: readonly Grown[];
  /** The commit that first let it grow beyond its row; `null` while the row is the whole truth. */
  readonly since: number | null;
  /** Whether the row has to be written, because something other than growing text has changed. */
  readonly stale: boolean;
};

export const ABSENT: Standing = { row: null, value: null, grown: [], since: null, stale: false };

/** Members whose change decides where the entity stands in a snapshot: they are kept in the row at any time. */
const PLACED = new Set(["pos", "status"]);

/** What the entity is: its row's value with the grown text in its place; `null` when it is not there. */
export function valueOf(standing: Standing): Value | null {
  const { value, grown } = standing;
  if (value === null || grown.length === 0) return value;
  return { ...value, ...Object.fromEntries(grown.map(({ field, text }) => [field, text])) };
}

export const placeOf = (value: Value | null): { pos: number | null; held: boolean } =>
  value === null ? { pos: null, held: false } : { pos: positionOf(value), held: isPinned(value) };

/**
 * The same rule as `applyChange` of the replica, but text that grows is kept apart from the value.
 * `null` when an append does not fit.
 */
export function change(standing: Standing, edit: Change): Standing | null {
  switch (edit.op) {
    case "put":
      return { ...standing, value: edit.value, grown: [], stale: true };
    case "drop":
      return standing.value === null ? standing : { ...standing, value: null, grown: [], stale: true };
    case "patch": {
      const value = valueOf(standing);
      return value === null ? standing : { ...standing, value: mergePatch(value, edit.value), grown: [], stale: true };
    }
    case "append":
      return standing.value === null ? standing : append(standing, standing.value, edit);
    default:
      return edit satisfies never;
  }
}

function append(standing: Standing, value: Value, { field, at, text }: Append): Standing | null {
  const member = standing.grown.find((each) => each.field === field)?.text ?? value[field];
  const before = typeof member === "string" ? member : "";
  if (before.length < at) return null;
  let added = text;
  if (before.length > at) {
    const overlap = before.slice(at, at + text.length);
    if (!text.startsWith(overlap)) return null;
    added = text.slice(overlap.length);
    if (added === "") return standing;
  }
  const grown = { field, text: before + added };
  const others = standing.grown.length === 0 ? [] : standing.grown.filter((each) => each.field !== field);
  return { ...standing, grown: [...others, grown], stale: standing.stale || PLACED.has(field) };
}
