import type { Json, JsonObject } from "@skein/client/protocol";
import { BOUNDS, cut } from "./bounds.ts";

/** Reading what an agent sent, which may be anything: what is not of the type asked for counts as absent. */

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function word(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? cut(value, BOUNDS.word) : undefined;
}

export function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function object(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function list(value: unknown): Json[] | undefined {
  return Array.isArray(value) ? (value as Json[]) : undefined;
}

/** `{ [name]: value }`, or nothing when the value is absent. */
export function some<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}
