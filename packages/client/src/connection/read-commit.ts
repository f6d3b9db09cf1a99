import type { Commit } from "../protocol/changes.ts";
import { SkeinError } from "../protocol/errors.ts";

/**
 * Checks the params of a `commit` notification by hand: everything a replica relies on, and no more. Commits are the
 * only messages that come in the tens of thousands per second, where a schema's walk would cost more than applying them.
 * @throws SkeinError `invalid`.
 */
export function readCommit(value: unknown): Commit {
  const { topic, epoch, after, seq, ts, floor, changes } = asObject(value, "it is no object");
  const fits =
    typeof topic === "string" &&
    typeof epoch === "string" &&
    (after === null || isCount(after)) &&
    isCount(seq) &&
    typeof ts === "number" &&
    (floor === undefined || isCount(floor)) &&
    Array.isArray(changes);
  if (!fits) throw malformed("a member is missing or of the wrong type");
  for (const change of changes as unknown[]) checkChange(change);
  return value as Commit;
}

function checkChange(value: unknown): void {
  const change = asObject(value, "a change is no object");
  if (typeof change["kind"] !== "string" || typeof change["id"] !== "string")
    throw malformed("a change names no entity");
  switch (change["op"]) {
    case "append":
      if (typeof change["field"] !== "string" || !isCount(change["at"]) || typeof change["text"] !== "string") {
        throw malformed("an append lacks its field, place or text");
      }
      return;
    case "put":
    case "patch":
      asObject(change["value"], "a value is no object");
      return;
    case "drop":
      return;
    default:
      throw malformed(`there is no change "${String(change["op"])}"`);
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function asObject(value: unknown, otherwise: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(otherwise);
  return value as Record<string, unknown>;
}

const malformed = (what: string): SkeinError =>
  new SkeinError("invalid", `The server sent a malformed commit: ${what}.`, { retry: "reconnect" });
