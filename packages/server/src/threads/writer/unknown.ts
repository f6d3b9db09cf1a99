import type { JsonObject } from "@skein/client/protocol";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";

/**
 * What an agent says in members that are not known here, under its own names and bounded; `null` counts as not said.
 * `_meta` is for programs: what is understood of it is read where it belongs, and the raw lines have all of it.
 */
export function unknownMembers(value: JsonObject, known: ReadonlySet<string>, bound: number): JsonObject {
  return firstMembers(
    Object.entries(value)
      .filter(([name, member]) => !known.has(name) && name !== "_meta" && member !== null)
      .map(([name, member]) => [cut(name, BOUNDS.title), boundedJson(member, bound)]),
  );
}

/** The members there is room for. */
export function firstMembers(members: [name: string, value: JsonObject[string]][]): JsonObject {
  return Object.fromEntries(members.slice(0, BOUNDS.unknownMembers));
}
