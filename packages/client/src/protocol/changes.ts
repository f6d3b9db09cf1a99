import * as z from "zod";
import { jsonObject } from "./json.ts";
import { topic } from "./topics.ts";

const entity = { kind: z.string().min(1), id: z.string().min(1) };

/** Sets an entity to a value, whatever it was. */
export const put = z.looseObject({ op: z.literal("put"), ...entity, value: jsonObject });

/** Changes some members of an entity: JSON Merge Patch (RFC 7396), so `null` removes a member. */
export const patch = z.looseObject({ op: z.literal("patch"), ...entity, value: jsonObject });

/**
 * Adds text to the end of a text member. `at` is the length, in UTF-16 units, that the member has before it:
 * a repeat is recognised and ignored, a hole is noticed.
 */
export const append = z.looseObject({
  op: z.literal("append"),
  ...entity,
  field: z.string().min(1),
  at: z.int().nonnegative(),
  text: z.string(),
});

/** Removes an entity. */
export const drop = z.looseObject({ op: z.literal("drop"), ...entity });

/** One edit of one entity. */
export const change = z.discriminatedUnion("op", [put, patch, append, drop]);

/** A place in one lineage of a topic's log. */
export const position = z.object({ epoch: z.string().min(1), seq: z.int().nonnegative() });

/**
 * The one message that carries data. It takes a topic from position `after` to `seq`; `after: null` replaces the
 * replica (a snapshot). `ts` is milliseconds since 1970 by the server's clock.
 * `floor` stands in the snapshot of a windowed topic: the lowest `pos` of an item the replica holds.
 */
export const commit = z.looseObject({
  topic,
  epoch: z.string().min(1),
  after: z.int().nonnegative().nullable(),
  seq: z.int().nonnegative(),
  ts: z.number(),
  floor: z.int().nonnegative().optional(),
  changes: z.array(change),
});

export type Put = { op: "put"; kind: string; id: string; value: Record<string, unknown> };
export type Patch = { op: "patch"; kind: string; id: string; value: Record<string, unknown> };
export type Append = { op: "append"; kind: string; id: string; field: string; at: number; text: string };
export type Drop = { op: "drop"; kind: string; id: string };
export type Change = Put | Patch | Append | Drop;
export type Position = z.infer<typeof position>;
export type Commit = {
  topic: z.infer<typeof topic>;
  epoch: string;
  after: number | null;
  seq: number;
  ts: number;
  floor?: number | undefined;
  changes: Change[];
};
