import type { Change } from "@skein/client/protocol";
import type { SetBounds } from "./bounds.ts";
import { cardChange, statusOf } from "./card.ts";
import { difference } from "./difference.ts";
import type { NewBlob, Step, ThreadState } from "./state.ts";

type OwnMap = "tools" | "toolsEnded" | "toolsForgotten" | "asks";
type Owned<Type> = Type extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : never;

/**
 * A step in the making: the state so far and the changes gathered. The state it began with is not altered.
 * The one place where changes are made, so that the thread's status and its card always go with what caused them.
 */
export class Draft {
  readonly now: number;
  readonly bounds: SetBounds;
  readonly #before: ThreadState;
  #state: ThreadState;
  readonly #changes: Change[] = [];
  readonly #blobs: NewBlob[] = [];

  constructor(state: ThreadState, now: number, bounds: SetBounds) {
    this.#before = state;
    this.#state = state;
    this.now = now;
    this.bounds = bounds;
  }

  get state(): ThreadState {
    return this.#state;
  }

  set(members: Partial<ThreadState>): void {
    this.#state = { ...this.#state, ...members };
  }

  /**
   * A map of the state, to be changed in place: it is copied once in a step, however many of its entries change, so
   * that what ends much at once costs in proportion to it.
   */
  own<Name extends OwnMap>(name: Name): Owned<ThreadState[Name]> {
    if (this.#state[name] === this.#before[name]) this.set({ [name]: new Map<string, unknown>(this.#state[name]) });
    return this.#state[name] as unknown as Owned<ThreadState[Name]>;
  }

  put(kind: string, id: string, value: Record<string, unknown>): void {
    this.#changes.push({ op: "put", kind, id, value });
  }

  patch(kind: string, id: string, value: Record<string, unknown>): void {
    this.#changes.push({ op: "patch", kind, id, value });
  }

  append(kind: string, id: string, field: string, at: number, text: string): void {
    this.#changes.push({ op: "append", kind, id, field, at, text });
  }

  blob(blob: NewBlob): void {
    this.#blobs.push(blob);
  }

  /** Takes the next place in the timeline for an item of the running, else the last turn. */
  item(): { pos: number; at: { turn?: string; pos: number } } {
    const pos = this.#state.nextPos;
    this.set({ nextPos: pos + 1 });
    return { pos, at: this.#state.turn === null ? { pos } : { turn: this.#state.turn, pos } };
  }

  /** Changes members of the thread entity, `undefined` removes one; what is equal already makes no change. */
  thread(members: { [Name in keyof ThreadState["thread"]]?: ThreadState["thread"][Name] | undefined }): void {
    const given = Object.entries({ ...this.#state.thread, ...members }).filter(([, value]) => value !== undefined);
    const thread = Object.fromEntries(given) as ThreadState["thread"];
    const patch = difference(this.#state.thread, thread);
    if (patch === undefined) return;
    if (patch === null) this.put("thread", this.#state.id, thread);
    else this.patch("thread", this.#state.id, patch);
    this.set({ thread });
  }

  /** Changes of the card that nothing else tells, e.g. its preview. */
  card(members: Partial<ThreadState["card"]>): void {
    this.set({ card: { ...this.#state.card, ...members } });
  }

  finish(): Step {
    const status = statusOf(this.#state);
    if (status !== this.#state.thread.status) this.thread({ status, updatedAt: this.now });
    const held = this.#state.paused && this.#state.queue.length > 0 ? true : undefined;
    if (held !== this.#state.thread.held) this.thread({ held });
    const board: Change[] = [];
    const before = this.#before;
    // A token touches neither the thread nor its card, and costs nothing here.
    if (this.#state.thread !== before.thread || this.#state.card !== before.card || this.#state.asks !== before.asks) {
      const change = cardChange(before.card, this.#state, this.now);
      if (change) {
        board.push(change.change);
        this.set({ card: change.card });
      } else {
        this.set({ card: before.card });
      }
    }
    return { state: this.#state, changes: this.#changes, board, blobs: this.#blobs };
  }
}
