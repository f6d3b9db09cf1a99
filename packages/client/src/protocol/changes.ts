import * as z from "zod";
import { jsonObject } from "./json.ts";
import { topic } from "./topics.ts";

const entity = { kind: z.string().min(1), id: z.string().min(1) };

/** Sets an entity to a value, whatever it was. */
export const put = z
  .looseObject({ op: z.literal("put"), ...entity, value: jsonObject })
  .describe("Sets an entity to a value, whatever it was.");

/** Changes some members of an entity: JSON Merge Patch (RFC 7396), so `null` removes a member. */
export const patch = z
  .looseObject({ op: z.literal("patch"), ...entity, value: jsonObject })
  .describe("Changes members of an entity by JSON Merge Patch (RFC 7396): null removes a member.");

/**
 * Adds text to the end of a text member. `at` is the length, in UTF-16 units, that the member has before it:
 * a repeat is recognised and ignored, a hole is noticed.
 */
export const append = z
  .looseObject({
    op: z.literal("append"),
    ...entity,
    field: z.string().min(1),
    at: z.int().nonnegative().describe("The length of the text before it, in UTF-16 units (P27)."),
    text: z.string(),
  })
  .describe("Adds text to the end of a text member.");

/** Removes an entity. */
export const drop = z.looseObject({ op: z.literal("drop"), ...entity }).describe("Removes an entity.");

/** One edit of one entity. */
export const change = z.discriminatedUnion("op", [put, patch, append, drop]);

/** A place in a topic's log, by the run of the server that it was told in. */
export const position = z.object({ epoch: z.string().min(1), seq: z.int().nonnegative() });

/**
 * The one message that carries data. It takes a topic from position `after` to `seq`; `after: null` replaces the
 * replica (a snapshot). `ts` is milliseconds since 1970 by the server's clock.
 * `floor` stands in the snapshot of a windowed topic: the lowest `pos` of an item the replica holds.
 */
export const commit = z.looseObject({
  topic,
  epoch: z
    .string()
    .min(1)
    .describe("The run of the server that tells it: positions of different epochs do not compare."),
  after: z
    .int()
    .nonnegative()
    .nullable()
    .describe("The position it applies to; null for a snapshot, which replaces the replica."),
  seq: z.int().nonnegative().describe("The position it leads to."),
  ts: z.number().describe("When it was made, in milliseconds since 1970 by the server's clock."),
  floor: z
    .int()
    .nonnegative()
    .optional()
    .describe("In a snapshot: it contains every item whose pos is at least this. Absent: every item (P42)."),
  changes: z.array(change).describe("Applied in order, all or none. The member op tells which kind of change each is."),
});

/** Sets an entity to a value, whatever it was. */
export type Put = { op: "put"; kind: string; id: string; value: Record<string, unknown> };
/** Changes some members of an entity by JSON Merge Patch (RFC 7396). */
export type Patch = { op: "patch"; kind: string; id: string; value: Record<string, unknown> };
/** Adds text to a text member; `at` is its length before, in UTF-16 units (P27). */
export type Append = { op: "append"; kind: string; id: string; field: string; at: number; text: string };
/** Removes an entity. */
export type Drop = { op: "drop"; kind: string; id: string };
/** One edit of one entity (P26, P27). */
export type Change = Put | Patch | Append | Drop;
/** A place in a topic's log: all commits up to `seq`, as the run `epoch` of the server told them. */
export type Position = z.infer<typeof position>;
/** The one message that carries data (P21): takes a replica of a topic from one position to the next. */
export type Commit = {
  /** The topic it is of. */
  topic: z.infer<typeof topic>;
  /** The run of the server that tells it: positions of different epochs do not compare. */
  epoch: string;
  /** The position it continues from; `null` for a snapshot, which replaces what was held. */
  after: number | null;
  /** The position it leads to. */
  seq: number;
  /** When it was made, in milliseconds since 1970 by the server's clock. */
  ts: number;
  /** In a snapshot of a windowed topic: the lowest `pos` of which all items are in it (P42). */
  floor?: number | undefined;
  /** What changed, in order; applied whole or not at all. */
  changes: Change[];
};
