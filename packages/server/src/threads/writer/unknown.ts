import type { Json, JsonObject } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import { some } from "./read.ts";

/**
 * What an agent says in members that are not known here, under its own names and bounded; `null` counts as not said.
 * `undefined` where there are none, as in almost all that comes: then nothing is made. `known` is an array because it is
 * gone through for each chunk of text: of so few names that is faster than a set.
 */
export function unknownMembers(value: JsonObject, known: readonly string[], bound: number): JsonObject | undefined {
  for (const name in value) if (isSaid(name, value, known)) return saidMembers(value, known, bound);
  return undefined;
}

function saidMembers(value: JsonObject, known: readonly string[], bound: number): JsonObject {
  const said = Object.entries(value).filter(([name]) => isSaid(name, value, known));
  return firstMembers(said.map(([name, member]) => [cut(name, BOUNDS.title), boundedJson(member, bound)]));
}

function isSaid(name: string, value: JsonObject, known: readonly string[]): boolean {
  return !known.includes(name) && value[name] !== null;
}

/** The same of one of many parts of an entity, as its member: of a block, a location, a plan's entry. */
export function unknownOfPart(value: JsonObject, known: readonly string[]): { unknown?: JsonObject } {
  return some("unknown", unknownMembers(value, known, BOUNDS.partUnknown));
}

/** The members there is room for. */
export function firstMembers(members: [name: string, value: JsonObject[string]][]): JsonObject {
  return Object.fromEntries(members.slice(0, BOUNDS.unknownMembers));
}

/** A value as a merge patch can say it: a member of an object that is `null` counts as not said. */
export function withoutNulls<Value extends Json>(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)])) as Value;
}
