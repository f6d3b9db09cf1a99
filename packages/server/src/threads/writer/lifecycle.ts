import type { Block, JsonObject, MessageEntity, ThreadEntity, TurnEntity } from "@skein/client/protocol";
import { withdraw } from "./asks.ts";
import { BOUNDS, boundedJson, cut } from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { closeMessage, preview } from "./messages.ts";
import { some } from "./read.ts";
import type { EndStatus, QueuedTurn } from "./state.ts";
import { endTerminals } from "./terminals.ts";
import { interruptTools } from "./tools.ts";

/** Puts a turn into the queue. Returns its id. */
export function queueTurn(
  draft: Draft,
  prompt: { text: string; blocks: readonly Block[]; by: string; key: string; first: boolean },
): string {
  const { text, blocks, by, key, first } = prompt;
  const id = `u${draft.state.nextTurn}`;
  const order = first ? firstOrder(draft) - 1 : lastOrder(draft) + 1;
  const value: TurnEntity = {
    prompt: { text, blocks: [...blocks] },
    order,
    key,
    by,
    status: "queued",
    createdAt: draft.now,
  };
  draft.put("turn", id, value);
  const turn = { id, order, text, blocks, by };
  const queue = first ? [turn, ...draft.state.queue] : [...draft.state.queue, turn];
  draft.set({ nextTurn: draft.state.nextTurn + 1, queue, paused: false });
  if (draft.state.thread.titledBy === undefined) {
    const title = cut(text.trim().split("\n", 1)[0]?.trim() ?? "", BOUNDS.promptTitle);
    if (title !== "") draft.thread({ title, titledBy: "prompt" });
  }
  return id;
}

const firstOrder = (draft: Draft): number => draft.state.queue[0]?.order ?? draft.state.nextTurn;
const lastOrder = (draft: Draft): number => draft.state.queue.at(-1)?.order ?? draft.state.nextTurn - 1;

/** What of a turn that waits is to be another; `before` names the turn it is to stand before, `null` puts it last. */
export type Requeue = {
  text?: string | undefined;
  blocks?: readonly Block[] | undefined;
  before?: string | null | undefined;
};

/** Changes a turn that waits. Moved, it and those it passed share out the places they had: no other turn changes. */
export function requeueTurn(draft: Draft, id: string, { text, blocks, before }: Requeue): void {
  const turn = draft.state.queue.find((each) => each.id === id);
  if (turn === undefined) return;
  const changed = { ...turn, text: text ?? turn.text, blocks: blocks ?? turn.blocks };
  const places = draft.state.queue.map((each) => each.order);
  const queue = moved(draft.state.queue, changed, before).map((each, index) => ({
    ...each,
    order: places[index] ?? each.order,
  }));
  if (text !== undefined || blocks !== undefined) {
    draft.patch("turn", id, { prompt: { text: changed.text, blocks: [...changed.blocks] } });
  }
  for (const { id: each, order } of queue) {
    if (draft.state.queue.find((was) => was.id === each)?.order !== order) draft.patch("turn", each, { order });
  }
  draft.set({ queue });
}

function moved(queue: readonly QueuedTurn[], turn: QueuedTurn, before: string | null | undefined): QueuedTurn[] {
  if (before === undefined || before === turn.id) return queue.map((each) => (each.id === turn.id ? turn : each));
  const others = queue.filter((each) => each.id !== turn.id);
  const at = before === null ? others.length : others.findIndex((each) => each.id === before);
  return [...others.slice(0, at), turn, ...others.slice(at)];
}

/** Turns that wait, the next first. */
export const inOrder = (a: QueuedTurn, b: QueuedTurn): number => a.order - b.order || numberOf(a.id) - numberOf(b.id);
const numberOf = (id: string): number => Number(id.slice(1));

/** Takes a turn out of the queue; whether it was there. */
export function unqueueTurn(draft: Draft, id: string): boolean {
  const queue = draft.state.queue.filter((turn) => turn.id !== id);
  if (queue.length === draft.state.queue.length) return false;
  draft.patch("turn", id, { status: "cancelled", prompt: null, endedAt: draft.now });
  draft.set({ queue, paused: draft.state.paused && queue.length > 0 });
  return true;
}

/** Starts the next turn: it gets its place, and its prompt becomes the first message in it. */
export function startTurn(draft: Draft): void {
  const [turn, ...queue] = draft.state.queue;
  if (turn === undefined) return;
  closeMessage(draft);
  draft.set({ turn: turn.id, running: true, queue, plans: new Map(), usage: null });
  const { pos } = draft.item();
  draft.patch("turn", turn.id, { pos, status: "running", prompt: null, startedAt: draft.now });
  const message = draft.item();
  const value: MessageEntity = {
    ...message.at,
    role: "user",
    by: turn.by,
    text: turn.text,
    ...some(
      "blocks",
      turn.blocks.length > 0 ? turn.blocks.map((block) => ({ at: turn.text.length, block })) : undefined,
    ),
    status: "complete",
    startedAt: draft.now,
    endedAt: draft.now,
  };
  draft.put("message", `m${message.pos}`, value);
  preview(draft, turn.text);
}

/** Ends the running turn, and with it all that it left open (G7). `pause`: what is queued then waits for a person. */
export function endTurn(
  draft: Draft,
  end: { status: EndStatus; stopReason?: string; usage?: JsonObject; error?: TurnEntity["error"]; pause?: boolean },
): void {
  const { turn, running } = draft.state;
  if (turn === null || !running) return;
  closeMessage(draft, end.status === "interrupted" || end.status === "failed" ? "interrupted" : "complete");
  withdraw(draft);
  interruptTools(draft);
  const usage = end.usage ?? draft.state.usage;
  draft.patch("turn", turn, {
    status: end.status,
    ...some("stopReason", end.stopReason),
    ...some("usage", usage === null ? undefined : (boundedJson(usage, BOUNDS.notice) as JsonObject)),
    ...some("error", end.error && { ...end.error, message: cut(end.error.message, BOUNDS.notice) }),
    endedAt: draft.now,
  });
  draft.thread({ outcome: end.status });
  draft.set({ running: false, paused: draft.state.paused || end.pause === true });
}

/** The agent is gone: nothing of it goes on. */
export function endSession(draft: Draft): void {
  closeMessage(draft, draft.state.running ? "interrupted" : "complete");
  withdraw(draft);
  interruptTools(draft);
  endTerminals(draft, "interrupted", () => true);
  draft.thread({ waitsForAgent: undefined });
}

export function rename(draft: Draft, title: string): void {
  draft.thread({ title: cut(title, BOUNDS.title), titledBy: "person" });
}

/** Puts the thread away, or takes it out again; what is queued then waits until a person goes on. */
export function archive(draft: Draft, archived: boolean): void {
  draft.set({ archived, paused: draft.state.queue.length > 0 });
}

/** What waits starts only once a person continues. */
export function holdQueue(draft: Draft): void {
  if (draft.state.queue.length > 0) draft.set({ paused: true });
}

/** A person wants the thread to go on. */
export function goOn(draft: Draft): void {
  draft.set({ paused: false });
}

/** A new thread's entity. */
export function newThread(about: {
  title?: string | undefined;
  agent: string;
  exec?: ThreadEntity["exec"] | undefined;
  cwd: string;
  board: string;
  now: number;
}): ThreadEntity {
  return {
    title: about.title ?? "New thread",
    ...some("titledBy", about.title === undefined ? undefined : ("person" as const)),
    agent: about.agent,
    ...some("exec", about.exec),
    cwd: about.cwd,
    board: about.board,
    status: "idle",
    createdAt: about.now,
    updatedAt: about.now,
  };
}
