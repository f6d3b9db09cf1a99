import {
  boardTopic,
  threadTopic,
  type CardEntity,
  type Commit,
  type ThreadEntity,
  type TurnEntity,
} from "@skein/client/protocol";
import type { Store, StoredEntity } from "../store/contract.ts";
import type { SetBounds } from "./writer/bounds.ts";
import { newCard } from "./writer/card.ts";
import { inOrder } from "./writer/lifecycle.ts";
import { emptyState, type EndStatus, type QueuedTurn, type Step, type ThreadState } from "./writer/state.ts";
import { step } from "./writer/writer.ts";

/** A thread as its log has it, and what a runner that is no more left open in it. */
export type Loaded = { state: ThreadState; left: StoredEntity[] };

/** What is to be said of a turn that was left running. */
export type Ending = { status: EndStatus; message: string };

/** Reads what a runner needs to go on with a thread; `null` when there is no such thread. */
export async function loadThread(store: Store, id: string): Promise<Loaded | null> {
  const topic = threadTopic(id);
  const thread = (await store.entity(topic, "thread", id)) as ThreadEntity | null;
  if (thread === null) return null;
  const card = (await store.entity(boardTopic(thread.board), "card", id)) as CardEntity | null;
  const turns = (await store.entities(topic, "turn")).map((turn) => ({ id: turn.id, value: turn.value as TurnEntity }));
  const started = turns.filter((turn) => turn.value.pos !== undefined);
  const last = started.toSorted((a, b) => (a.value.pos ?? 0) - (b.value.pos ?? 0)).at(-1);
  const left = await leftOpen(store, id);
  const queue = turns
    .filter((turn) => turn.value.status === "queued")
    .map(queuedTurn)
    .toSorted(inOrder);
  const crashed = left.some((entity) => entity.kind === "turn");
  const state: ThreadState = {
    ...emptyState(id, thread, card ?? newCard(id, thread, "")),
    nextPos: (await store.lastPosition(topic)) + 1,
    nextTurn: 1 + turns.reduce((most, turn) => Math.max(most, numberOf(turn.id)), -1),
    turn: last?.id ?? null,
    queue,
    // What waited when a runner went away waits for a person: they may not want it any more.
    paused: crashed || queue.length > 0 || thread.status === "interrupted",
    archived: thread.status === "archived",
  };
  return { state, left };
}

/** Closes what was left open, so that a crash is seen for what it was (G7). */
export function closeLeft(loaded: Loaded, ending: Ending, now: number, bounds: SetBounds): Step {
  return step(loaded.state, now, bounds, (draft) => {
    draft.thread({ waitsForAgent: undefined });
    for (const { kind, id } of loaded.left) {
      switch (kind) {
        case "turn":
          draft.patch(kind, id, { status: ending.status, error: { message: ending.message }, endedAt: now });
          draft.thread({ outcome: ending.status });
          break;
        case "permission":
        case "question":
          draft.patch(kind, id, { status: "cancelled" });
          break;
        default:
          draft.patch(kind, id, { status: "interrupted", endedAt: now });
      }
    }
  });
}

const OPEN: ReadonlyMap<string, ReadonlySet<unknown>> = new Map([
  ["turn", new Set(["running"])],
  ["message", new Set(["streaming"])],
  ["tool", new Set(["pending", "in_progress"])],
  ["permission", new Set(["pending"])],
  ["question", new Set(["pending"])],
  ["terminal", new Set(["running"])],
]);

const isOpen = (entity: StoredEntity): boolean => OPEN.get(entity.kind)?.has(entity.value["status"]) ?? false;

/** Everything still open: a snapshot holds it whatever its window. */
async function leftOpen(store: Store, id: string): Promise<StoredEntity[]> {
  const snapshot = JSON.parse((await store.snapshot(threadTopic(id), { items: 1, bytes: 0 })).text) as Commit;
  return snapshot.changes
    .flatMap((change) => (change.op === "put" ? [{ kind: change.kind, id: change.id, value: change.value }] : []))
    .filter(isOpen);
}

function queuedTurn({ id, value }: { id: string; value: TurnEntity }): QueuedTurn {
  return {
    id,
    order: value.order ?? numberOf(id),
    text: value.prompt?.text ?? "",
    blocks: value.prompt?.blocks ?? [],
    by: value.by,
  };
}

/** The number in a turn's id. */
function numberOf(id: string): number {
  return Number(id.slice(1));
}
