import { isPinned } from "@skein/client/protocol";

/** Units of an entity's text that the search knows. */
const MOST = 64 * 1024;

/**
 * Items that change again and again while they are open: each change would be one of the index too, which costs far
 * more than the change itself. They are found once they have ended.
 */
const FOUND_AT_END = new Set(["message", "tool", "terminal"]);

/** What the search shall find an entity of a thread by, or `null` when there is nothing to find, or not yet. */
export function textOf(kind: string, value: Record<string, unknown>): string | null {
  if (FOUND_AT_END.has(kind) && isPinned(value)) return null;
  const parts = partsOf(kind, value).filter((part): part is string => typeof part === "string" && part !== "");
  return parts.length === 0 ? null : parts.join("\n").slice(0, MOST);
}

function partsOf(kind: string, value: Record<string, unknown>): unknown[] {
  switch (kind) {
    case "thread":
      return [value["title"]];
    case "message":
    case "notice":
      return [value["text"]];
    case "tool":
      return [value["title"], ...texts(value["input"]), ...list(value["content"]).flatMap(contentTexts), value["live"]];
    case "plan":
      return list(value["entries"]).map((entry) => member(entry, "content"));
    case "question":
      return [value["message"]];
    case "terminal":
      return [value["command"], ...list(value["args"]), value["output"]];
    default:
      return [];
  }
}

function contentTexts(item: unknown): unknown[] {
  const path = member(item, "path") ?? member(member(item, "diff"), "path");
  return [path, member(item, "newText"), member(member(item, "block"), "text")];
}

/** The texts among the members of an object, one level deep. */
function texts(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [value];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
