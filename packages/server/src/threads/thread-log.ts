import { boardTopic, SkeinError, threadTopic, type Topic } from "@skein/client/protocol";
import type { Clock, Timer } from "../clock.ts";
import type { Health } from "../health.ts";
import type { Hub } from "../hub/hub.ts";
import type { CommandAnswer, Guard, Store } from "../store/contract.ts";
import { LogFolding } from "./log-folding.ts";
import { Outlet, type BlobStore } from "./outlet.ts";
import { RawLines } from "./raw-lines.ts";
import type { SetBounds } from "./writer/bounds.ts";
import type { Draft } from "./writer/draft.ts";
import { closeMessage } from "./writer/messages.ts";
import type { Step, ThreadState } from "./writer/state.ts";
import { step, write, type WriterEvent } from "./writer/writer.ts";

/** Who asks, and the key by which a repeat is known. */
export type Asker = { user: string; key: string };

/** A message that came after its turn's end is closed when nothing follows for this long, in milliseconds. */
const SETTLE_MS = 1000;

/**
 * A thread's state and its way to the log, in step: what a step changes is on its way before the next one begins.
 * When the log fails, the state here is ahead of it and of no more use: `failed` says so, once. So it does, after all
 * that was decided before is written, when a step of the thread's own cannot be decided: nobody waits for its error.
 */
export class ThreadLog {
  readonly topic: Topic;
  readonly #board: Topic;
  readonly #clock: Clock;
  readonly #bounds: SetBounds;
  readonly #outlet: Outlet;
  readonly #folding: LogFolding;
  readonly #rawLines = new RawLines();
  readonly #failed: (error: unknown) => void;
  #state: ThreadState;
  /** A step could not be decided. */
  #stuck = false;
  #settling: Timer | null = null;
  /** The folding under way, and those before it. */
  #folded: Promise<void> = Promise.resolve();

  constructor(
    context: {
      store: Store;
      hub: Hub;
      clock: Clock;
      blobs: BlobStore;
      health: Health;
      bounds: SetBounds;
      report: (error: unknown) => void;
    },
    state: ThreadState,
    failed: (error: unknown) => void,
  ) {
    this.topic = threadTopic(state.id);
    this.#board = boardTopic(state.thread.board);
    this.#clock = context.clock;
    this.#bounds = context.bounds;
    this.#state = state;
    this.#failed = failed;
    this.#folding = new LogFolding(context, this.topic, this.#board);
    this.#outlet = new Outlet({ ...context, failed });
  }

  get state(): ThreadState {
    return this.#state;
  }

  /** Decides a step and sends it on its way. */
  step(run: (draft: Draft) => void): void {
    this.#decide(() => step(this.#state, this.#clock.now(), this.#bounds, run));
  }

  /** Writes what an agent did. */
  write(event: WriterEvent): void {
    this.#decide(() => write(this.#state, event, this.#clock.now(), this.#bounds));
  }

  #decide(decision: () => Step): void {
    if (this.#stuck) return;
    let made: Step;
    try {
      made = decision();
    } catch (error) {
      this.#stuck = true;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const text = `Skein failed at what was to be written (${reason.replace(/\.$/, "")}).`;
      this.#outlet.fail(new SkeinError("internal", text, { cause: error }));
      return;
    }
    this.take(made);
  }

  /** Takes a step that was decided already. */
  take(made: Step): void {
    const ended = this.#state.running && !made.state.running;
    this.#state = made.state;
    const changes = this.#changes(made);
    if (changes.length > 0) this.#outlet.push(changes, made.blobs);
    if (ended) this.#fold();
    this.#settle();
  }

  /**
   * Makes a command's effect durable together with its answer (G3); `run` gives what belongs into the answer.
   * @param guarded What must hold in the log, and how the state becomes again what it was where it does not.
   * @throws SkeinError `conflict` when the guard did not hold, with what the log has in `detail`; `busy` while the log
   *   takes nothing.
   */
  async command(
    asker: Asker,
    run: (draft: Draft) => Record<string, unknown> | void,
    guarded?: { guard: Guard; refused: (draft: Draft) => void },
  ): Promise<CommandAnswer> {
    // Decided now, it would wait behind what cannot be written, for nobody knows how long.
    if (this.#outlet.blocked) throw this.#outlet.blocked;
    let answer: Record<string, unknown> = {};
    const before = this.#state;
    const made = step(before, this.#clock.now(), this.#bounds, (draft) => void (answer = run(draft) ?? {}));
    this.#state = made.state;
    const takeBack = (): boolean => {
      if (this.#state !== made.state) return false;
      this.#state = before;
      return true;
    };
    const result = await this.#outlet.send(
      {
        changes: this.#changes(made),
        command: { ...asker, topic: this.topic, answer },
        ...(guarded ? { guard: guarded.guard } : {}),
      },
      takeBack,
    );
    if (result.ok && result.answer && !("repeated" in result)) return result.answer;
    // Nothing was written. Where the state had moved on, it is ahead of the log.
    if (made.changes.length > 0 && made.state !== before) {
      if (guarded) this.step(guarded.refused);
      else this.#failed(new SkeinError("internal", "The log did not take what the thread had decided."));
    }
    if (result.ok && result.answer) return result.answer;
    throw result.ok ? new SkeinError("internal", "The command was not answered.") : conflict(result.current);
  }

  record(direction: "in" | "out" | "error", line: string): void {
    this.#outlet.record({
      thread: this.#state.id,
      ts: this.#clock.now(),
      direction,
      line: this.#rawLines.shortened(line),
    });
  }

  flushLines(): void {
    this.#outlet.flushLines();
  }

  /** Resolves when everything so far is durable. */
  durable(): Promise<void> {
    return this.#outlet.durable();
  }

  /** Defined while too much waits to be written. */
  pressure(): Promise<void> | undefined {
    return this.#outlet.pressure();
  }

  get idle(): boolean {
    return this.#outlet.idle && this.#settling === null;
  }

  /** What cannot be written now is waited for from here on. */
  wait(): void {
    this.#outlet.patient = true;
  }

  /** Writes what still waits, and resolves when nothing is under way any more. @throws what keeps it from being written. */
  async end(): Promise<void> {
    this.stop();
    this.#outlet.patient = false;
    this.flushLines();
    await this.durable();
    await this.#folded;
  }

  /** Writes nothing any more: the log is read again by another. */
  abandon(error: unknown): void {
    this.stop();
    this.#outlet.abandon(error);
  }

  /** Starts nothing any more. */
  stop(): void {
    this.#settling?.cancel();
    this.#settling = null;
  }

  #fold(): void {
    const ended = this.durable().then(
      () => true,
      // The log has failed, which `failed` says.
      () => false,
    );
    this.#folded = Promise.all([ended, this.#folded]).then(([durable]) =>
      durable ? this.#folding.turnEnded() : undefined,
    );
  }

  #changes(made: Step) {
    return [
      { topic: this.topic, changes: [...made.changes] },
      { topic: this.#board, changes: [...made.board] },
    ].filter((each) => each.changes.length > 0);
  }

  /** Some agents go on for a moment after they answered the prompt: what they say then is closed when they rest. */
  #settle(): void {
    this.#settling?.cancel();
    this.#settling = null;
    if (this.#state.running || this.#state.message === null) return;
    this.#settling = this.#clock.setTimeout(() => {
      this.#settling = null;
      this.step((draft) => closeMessage(draft));
    }, SETTLE_MS);
  }
}

function conflict(current: Record<string, unknown> | null): SkeinError {
  if (current === null) return new SkeinError("not_found", "There is no such request.");
  const { status, answer, action, by } = current;
  return new SkeinError(
    "conflict",
    status === "answered" ? `It was answered before, by ${String(by)}.` : "It is not open any more.",
    { detail: { status, answer: answer ?? action, by } },
  );
}
