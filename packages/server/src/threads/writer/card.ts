import type { CardEntity, Change, ThreadEntity } from "@skein/client/protocol";
import { difference } from "./difference.ts";
import { some } from "./read.ts";
import type { ThreadState } from "./state.ts";

/** The status of a thread follows from what it is doing; nothing sets it by hand. */
export function statusOf(state: ThreadState): ThreadEntity["status"] {
  if (state.archived) return "archived";
  if (state.asks.size > 0) return "waiting";
  if (state.running) return "running";
  if (state.paused) return "interrupted";
  return state.queue.length > 0 ? "queued" : "idle";
}

/**
 * The change that keeps a thread's card in step, if one is due. Usage alone is no reason for one: it goes along with
 * the next, so that an agent that tells it with every token does not write to the board with every token.
 */
export function cardChange(
  before: CardEntity,
  state: ThreadState,
  now: number,
): { card: CardEntity; change: Change } | undefined {
  const { title, agent, cwd, status, outcome } = state.thread;
  const card: CardEntity = {
    ...state.card,
    title,
    agent,
    cwd,
    status,
    ...some("outcome", outcome),
    waiting: state.asks.size,
  };
  if (difference(before, card) === undefined) return undefined;
  card.updatedAt = now;
  if (state.thread.usage) card.usage = state.thread.usage;
  const patch = difference(before, card);
  const change: Change = patch
    ? { op: "patch", kind: "card", id: state.id, value: patch }
    : { op: "put", kind: "card", id: state.id, value: card };
  return { card, change };
}

/** A new thread's card. */
export function newCard(id: string, thread: ThreadEntity, by: string): CardEntity {
  return {
    thread: id,
    title: thread.title,
    agent: thread.agent,
    cwd: thread.cwd,
    status: thread.status,
    preview: "",
    by,
    createdAt: thread.createdAt,
    updatedAt: thread.updatedAt,
    waiting: 0,
  };
}
