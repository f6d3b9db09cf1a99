import * as z from "zod";
import { commit, position } from "./changes.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { id, topic } from "./topics.ts";

const limits = z.looseObject(
  Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, z.number()])) as {
    [Name in keyof Limits]: z.ZodNumber;
  },
);

/** What one asks of a connection, and what it tells; none of these changes anything durable. */
export const SESSION_METHODS = {
  hello: {
    params: z.looseObject({
      protocol: z.int(),
      client: z.looseObject({ name: z.string().max(128), version: z.string().max(64) }),
      token: z.string().max(512).optional(),
      /** The connection this one takes the place of: the server ends it if it is still open. */
      resume: z.string().max(64).optional(),
    }),
    result: z.looseObject({
      connection: z.string(),
      user: z.looseObject({ id, name: z.string(), board: id }),
      server: z.looseObject({ name: z.string(), version: z.string(), epoch: z.string() }),
      limits,
      /** Now, by the server's clock, in ms since 1970. */
      now: z.int().optional(),
      /** What keeps the server from accepting work for the time being, in a sentence for people; `null` when nothing does. */
      problem: z.string().nullish(),
    }),
  },
  ping: { params: z.looseObject({}).optional(), result: z.looseObject({}) },
  subscribe: {
    params: z.looseObject({
      topic,
      after: position.optional(),
      /** The client goes on from an `after` of an earlier epoch, where the answer says `moved`. */
      moves: z.boolean().optional(),
      window: z.int().min(1).max(1000).optional(),
      /** At most this many commits of the topic per second, conflated. */
      maxHz: z.number().min(0.01).max(1000).optional(),
    }),
    result: z.looseObject({
      epoch: z.string(),
      head: z.int(),
      /** The replica is at `after.seq` of `epoch` from now on. */
      moved: z.boolean().optional(),
    }),
  },
  unsubscribe: { params: z.looseObject({ topic }), result: z.looseObject({}) },
  history: {
    params: z.looseObject({
      topic,
      /** Items with a lower `pos` than this. */
      before: z.int().nonnegative(),
      limit: z.int().min(1).max(1000).optional(),
    }),
    result: z.looseObject({
      epoch: z.string(),
      /** The position the items were read at. */
      seq: z.int(),
      /** In timeline order. */
      items: z.array(z.looseObject({ kind: z.string(), id: z.string(), value: z.looseObject({}) })),
      /** What to give as `before` for the page before this one; `null` when there is none. */
      before: z.int().nullable(),
    }),
  },
} as const;

/** What the server sends of itself. */
export const NOTIFICATIONS = {
  commit,
  revoked: z.looseObject({ topic, reason: z.string() }),
  problem: z.looseObject({
    message: z
      .string()
      .nullable()
      .describe("What keeps the server from accepting work for the time being; null once nothing does."),
  }),
  draining: z.looseObject({ retryAfterMs: z.number() }),
} as const;
