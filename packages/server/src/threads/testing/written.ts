import {
  boardTopic,
  threadTopic,
  THREAD_ENTITIES,
  BOARD_ENTITIES,
  type Change,
  type Topic,
} from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { SessionUpdate } from "../../agents/driver.ts";
import { DEFAULT_SETTINGS } from "../../settings.ts";
import { newCard } from "../writer/card.ts";
import type { Draft } from "../writer/draft.ts";
import { newThread, queueTurn, startTurn } from "../writer/lifecycle.ts";
import { emptyState, type NewBlob, type Step, type ThreadState } from "../writer/state.ts";
import { step, write, type WriterEvent } from "../writer/writer.ts";

const ID = "aThread";

/** The writer at work on a replica: every step's changes are applied as a commit, and checked against the schemas. */
export class Written {
  readonly thread = new Replica(threadTopic(ID));
  readonly board = new Replica(boardTopic("personal"));
  readonly blobs: NewBlob[] = [];
  /** The changes of the last step. */
  last: readonly Change[] = [];
  lastBoard: readonly Change[] = [];
  now = 1_000_000;
  state: ThreadState;

  constructor() {
    const thread = newThread({ agent: "scripted", cwd: "/work", board: "personal", now: this.now });
    const card = newCard(ID, thread, "local");
    this.state = emptyState(ID, thread, card);
    this.#commit(this.thread, [{ op: "put", kind: "thread", id: ID, value: thread }]);
    this.#commit(this.board, [{ op: "put", kind: "card", id: ID, value: card }]);
  }

  /** A thread in which a turn runs. */
  static running(text = "Go"): Written {
    const written = new Written();
    written.do((draft) => {
      queueTurn(draft, { text, blocks: [], by: "local", key: "key-0001", first: false });
      startTurn(draft);
    });
    return written;
  }

  event(event: WriterEvent): this {
    return this.#take(write(this.state, event, this.now, DEFAULT_SETTINGS.threads));
  }

  update(...updates: SessionUpdate[]): this {
    for (const update of updates) this.event({ type: "update", update });
    return this;
  }

  text(text: string, more: Record<string, string> = {}): this {
    return this.update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text }, ...more });
  }

  do(run: (draft: Draft) => void): this {
    return this.#take(step(this.state, this.now, DEFAULT_SETTINGS.threads, run));
  }

  /** Items in order, the turn and its prompt left out. */
  items(): { kind: string; id: string; [member: string]: unknown }[] {
    return this.thread
      .timeline()
      .filter(({ kind, value }) => kind !== "turn" && value["by"] === undefined)
      .map(({ kind, id, value }) => ({ ...value, kind, id, ...(kind === "tool" ? { toolKind: value["kind"] } : {}) }));
  }

  entity(): Record<string, unknown> {
    return this.thread.get("thread", ID) ?? {};
  }

  card(): Record<string, unknown> {
    return this.board.get("card", ID) ?? {};
  }

  #take(made: Step): this {
    this.state = made.state;
    this.last = made.changes;
    this.lastBoard = made.board;
    this.blobs.push(...made.blobs);
    this.#commit(this.thread, made.changes);
    this.#commit(this.board, made.board);
    return this;
  }

  #commit(replica: Replica, changes: readonly Change[]): void {
    if (changes.length === 0) return;
    // What the log holds is JSON: anything that is not must show here.
    const copy = JSON.parse(JSON.stringify(changes)) as Change[];
    const seq = replica.seq + 1;
    const topic: Topic = replica.topic;
    const applied = replica.apply({ topic, epoch: "e", after: replica.seq, seq, ts: this.now, changes: copy });
    if (applied !== "applied") throw new Error(`The changes do not fit: ${JSON.stringify(copy)}`);
    for (const { kind, id } of copy) {
      const schemas = { ...THREAD_ENTITIES, ...BOARD_ENTITIES };
      schemas[kind as keyof typeof schemas].parse(replica.get(kind, id));
    }
  }
}
