import * as z from "zod";
import { agentOffers, OUTCOME_MEANS, OUTCOMES, THREAD_STATUS_MEANS, THREAD_STATUSES, usage } from "./thread.ts";

/** The board every user has from the start; only its owner sees it. */
export const boardEntity = z.looseObject({
  name: z.string(),
  kind: z.enum(["personal", "shared"]),
  createdAt: z.number(),
});
/** A board: entity of its own topic, under the board's id (P51). */
export type BoardEntity = z.infer<typeof boardEntity>;

/** A thread as a board shows it; its id is the thread's. */
export const cardEntity = z.looseObject({
  thread: z.string(),
  title: z.string(),
  agent: z.string(),
  cwd: z.string(),
  status: z.enum(THREAD_STATUSES).describe(THREAD_STATUS_MEANS),
  outcome: z.enum(OUTCOMES).optional().describe(OUTCOME_MEANS),
  /** The start of the last message, at most 160 characters. */
  preview: z.string(),
  by: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Permissions and questions nobody answered yet. */
  waiting: z.number(),
  /** Done and all entries of the newest plan. */
  plan: z.looseObject({ done: z.number(), of: z.number() }).optional(),
  usage: usage.optional(),
});
/** A thread as a board shows it: entity of the board's topic, under the thread's id (P51). Times are milliseconds since 1970. */
export type CardEntity = z.infer<typeof cardEntity>;

export const BOARD_ENTITIES = { board: boardEntity, card: cardEntity } as const;

/** An agent the server knows how to start; entity of the `server` topic. */
export const agentEntity = z.looseObject({
  name: z.string(),
  title: z.string(),
  /** The command line that starts it. */
  command: z.array(z.string()),
  /** Whether its program is installed here. */
  found: z.boolean(),
  version: z.string().optional(),
  /** What it wants before it can work, in words. */
  needs: z.string().optional(),
  /** Absent before the first conversation with it. */
  offers: agentOffers.optional(),
});
/** An agent that the server knows how to start: entity of the topic `server`, under its name (P52). */
export type AgentEntity = z.infer<typeof agentEntity>;

export const SERVER_ENTITIES = { agent: agentEntity } as const;
