import type { Change, Topic } from "@skein/client/protocol";
import { coalesce } from "@skein/client/replica";
import type { CommandAnswer, EncodedCommit, Guard, RawEvent, Write, WriteResult } from "./contract.ts";
import { asJson } from "./json.ts";
import { change, type Standing, type Value, valueOf } from "./standing.ts";

/** What a plan reads: the store as the last flush left it. */
export interface View {
  /** The topic's last `seq`; 0 when it does not exist. */
  head(topic: Topic): number;
  standing(topic: Topic, kind: string, id: string): Standing;
  answer(user: string, key: string): CommandAnswer | null;
}

/** One entity that a flush changes: how it stood and how it stands after. `key` is its `keyOf`. */
export type Edit = { key: string; kind: string; id: string; before: Standing; after: Standing };

/** What one flush does to one topic. */
export type TopicPlan = { commit: EncodedCommit; edits: Edit[] };

export type NewAnswer = { user: string; key: string; answer: CommandAnswer };

/** All that one flush does: to be made durable in one transaction. */
export type Plan = { topics: TopicPlan[]; answers: NewAnswer[]; events: RawEvent[]; results: WriteResult[] };

/**
 * Decides what a flush does, reading the store but altering nothing. Writes are taken in order, each seeing those
 * before it. One that fails its guard, or whose append does not fit, leaves nothing of itself.
 */
export function plan(writes: readonly Write[], view: View, stamp: { epoch: string; ts: number }): Plan {
  const draft = new Draft(view);
  const outcomes = writes.map((write) => draft.take(write));
  const topics: TopicPlan[] = [];
  const heads = new Map<Topic, number>();
  for (const [topic, { changes, edits }] of draft.topics) {
    const after = view.head(topic);
    if (changes.length === 0) {
      heads.set(topic, after);
      continue;
    }
    const seq = after + 1;
    heads.set(topic, seq);
    const text = JSON.stringify({ topic, epoch: stamp.epoch, after, seq, ts: stamp.ts, changes: coalesce(changes) });
    topics.push({ commit: { topic, epoch: stamp.epoch, after, seq, text }, edits: [...edits.values()] });
  }
  const seqOf = (topic: Topic): number => heads.get(topic) ?? view.head(topic);
  const answers: NewAnswer[] = [];
  const made = new Map<Write, CommandAnswer>();
  const results = outcomes.map((outcome, index): WriteResult => {
    const write = writes[index] as Write;
    if (outcome.became === "repeated") return { ok: true, repeated: true, answer: outcome.answer };
    if (outcome.became === "same") return { ok: true, repeated: true, answer: made.get(outcome.as) as CommandAnswer };
    if (outcome.became === "refused") return { ok: false, kind: outcome.kind, current: outcome.current };
    const positions = new Map(write.changes.map(({ topic }) => [topic, seqOf(topic)]));
    if (!write.command) return { ok: true, positions };
    const { user, key, topic } = write.command;
    const answer = { ...asJson(write.command.answer), topic, seq: seqOf(topic) };
    made.set(write, answer);
    answers.push({ user, key, answer });
    return { ok: true, positions, answer };
  });
  return { topics, answers, events: draft.events, results };
}

type Outcome =
  | { became: "taken" }
  | { became: "repeated"; answer: CommandAnswer }
  /** Its command stands earlier in the same flush. */
  | { became: "same"; as: Write }
  | { became: "refused"; kind: "conflict" | "gap"; current: Value | null };

type TopicDraft = { changes: Change[]; edits: Map<string, Edit> };

class Draft {
  readonly topics = new Map<Topic, TopicDraft>();
  readonly events: RawEvent[] = [];
  readonly #commands = new Map<string, Write>();
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  take(write: Write): Outcome {
    const { command, guard } = write;
    const name = command && JSON.stringify([command.user, command.key]);
    if (command && name !== undefined) {
      const same = this.#commands.get(name);
      if (same) return { became: "same", as: same };
      const answer = this.#view.answer(command.user, command.key);
      if (answer) return { became: "repeated", answer };
    }
    if (guard) {
      const current = valueOf(this.#standing(guard.topic, guard.kind, guard.id));
      if (!holds(guard, current)) return { became: "refused", kind: "conflict", current };
    }
    const misfit = this.#apply(write);
    if (misfit) return { became: "refused", kind: "gap", current: valueOf(misfit) };
    if (name !== undefined) this.#commands.set(name, write);
    if (write.events) this.events.push(...write.events);
    return { became: "taken" };
  }

  /** Applies all changes of a write, or none: then how the entity stands to which an append did not fit. */
  #apply(write: Write): Standing | null {
    const undo: (() => void)[] = [];
    for (const { topic, changes } of write.changes) {
      const draft = this.#topic(topic);
      const length = draft.changes.length;
      undo.push(() => void (draft.changes.length = length));
      for (const given of changes) {
        const edit = given.op === "put" || given.op === "patch" ? { ...given, value: asJson(given.value) } : given;
        const key = keyOf(edit.kind, edit.id);
        const known = draft.edits.get(key);
        const before = known?.before ?? this.#view.standing(topic, edit.kind, edit.id);
        const now = known?.after ?? before;
        const after = change(now, edit);
        if (after === null) {
          for (const back of undo.toReversed()) back();
          return now;
        }
        // What changes nothing (a repeated append, a patch of what is not there) is nothing to tell.
        if (after === now) continue;
        draft.changes.push(edit);
        draft.edits.set(key, { key, kind: edit.kind, id: edit.id, before, after });
        undo.push(() => void (known ? draft.edits.set(key, known) : draft.edits.delete(key)));
      }
    }
    return null;
  }

  #topic(topic: Topic): TopicDraft {
    let draft = this.topics.get(topic);
    if (!draft) this.topics.set(topic, (draft = { changes: [], edits: new Map() }));
    return draft;
  }

  #standing(topic: Topic, kind: string, id: string): Standing {
    return this.topics.get(topic)?.edits.get(keyOf(kind, id))?.after ?? this.#view.standing(topic, kind, id);
  }
}

/** The guard's compare: the entity is there, and each member named has the value given, or is absent for `undefined`. */
function holds(guard: Guard, current: Value | null): boolean {
  if (current === null) return false;
  return Object.entries(guard.where).every(([name, wanted]) =>
    Bun.deepEquals(Object.hasOwn(current, name) ? current[name] : undefined, wanted),
  );
}

/** One string for a kind and an id, different for any two different pairs. */
export const keyOf = (kind: string, id: string): string => `${kind.length}:${kind}${id}`;
