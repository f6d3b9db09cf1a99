import * as z from "zod";

/** The kinds of topic there are; all but `server` are followed by a colon and an id. */
export const TOPIC_KINDS = ["thread", "board", "user", "server"] as const;
/** What stands before the colon in a topic's name. */
export type TopicKind = (typeof TOPIC_KINDS)[number];

/** The name of one ordered stream of changes: `thread:<id>`, `board:<id>`, `user:<id>` or `server`. */
export type Topic = `thread:${string}` | `board:${string}` | `user:${string}` | "server";

const PATTERN = /^(?:(?:thread|board|user):[A-Za-z0-9_-]{1,64}|server)$/;

export const topic = z
  .custom<Topic>(
    (value) => typeof value === "string" && PATTERN.test(value),
    "expected a topic: thread:<id>, board:<id>, user:<id> or server",
  )
  .meta({ type: "string", pattern: PATTERN.source });

/** An id as it stands in topics and entities: letters, digits, `_` and `-`, at most 64. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "expected an id of letters, digits, _ and -");

/** Splits a topic into its kind and id (`""` for `server`). */
export function splitTopic(name: Topic): { kind: TopicKind; id: string } {
  const colon = name.indexOf(":");
  return colon < 0
    ? { kind: name as TopicKind, id: "" }
    : { kind: name.slice(0, colon) as TopicKind, id: name.slice(colon + 1) };
}

/** The topic of a thread, by the thread's id. */
export const threadTopic = (thread: string): Topic => `thread:${thread}`;
/** The topic of a board, by the board's id. */
export const boardTopic = (board: string): Topic => `board:${board}`;
