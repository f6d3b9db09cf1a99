import type { Change, Commit, Topic } from "@skein/client/protocol";
import type { Bounds, EncodedCommit, Write } from "../contract.ts";

/** Short names for what tests of the store write and read. */
export const T: Topic = "thread:one";
export const U: Topic = "thread:two";

export const put = (kind: string, id: string, value: Record<string, unknown>): Change => ({
  op: "put",
  kind,
  id,
  value,
});
export const patch = (kind: string, id: string, value: Record<string, unknown>): Change => ({
  op: "patch",
  kind,
  id,
  value,
});
export const drop = (kind: string, id: string): Change => ({ op: "drop", kind, id });
export const append = (id: string, at: number, text: string): Change => ({
  op: "append",
  kind: "message",
  id,
  field: "text",
  at,
  text,
});
/** So many items, whatever their size. */
export const items = (count: number): Bounds => ({ items: count, bytes: Infinity });
export const write = (topic: Topic, ...changes: Change[]): Write => ({ changes: [{ topic, changes }] });

export const read = (commit: EncodedCommit): Commit => JSON.parse(commit.text) as Commit;
