import { SkeinError, type Block, type JsonObject } from "@skein/client/protocol";
import type { Health } from "../health.ts";
import type { Hub } from "../hub/hub.ts";
import type { CommandAnswer, Guard, Store } from "../store/contract.ts";
import { ThreadLog, type Asker } from "./thread-log.ts";
import { TurnRunner, type RunnerContext } from "./turn-runner.ts";
import { answer, reopen } from "./writer/asks.ts";
import type { SetBounds } from "./writer/bounds.ts";
import { choose, type Choice } from "./writer/choices.ts";
import {
  archive,
  goOn,
  holdQueue,
  queueTurn,
  rename,
  requeueTurn,
  unqueueTurn,
  type Requeue,
} from "./writer/lifecycle.ts";
import { some } from "./writer/read.ts";
import type { Step, ThreadState } from "./writer/state.ts";

/** A person's answer to a permission request or a question, by the entity's id. */
export type Answer =
  | { kind: "permission"; id: string; option: string }
  | { kind: "question"; id: string; action: "accept" | "decline" | "cancel"; content?: JsonObject | undefined };

/** Turns that may wait in one thread. */
const QUEUE = 64;

/** One thread at work: what its people may do with it. */
export class Thread {
  readonly #log: ThreadLog;
  readonly #runner: TurnRunner;

  /** `failed`: the log did not take something, and this object is of no more use. `quiet`: it may be forgotten. */
  constructor(
    context: RunnerContext & {
      store: Store;
      hub: Hub;
      health: Health;
      bounds: SetBounds;
      report: (error: unknown) => void;
    },
    state: ThreadState,
    on: { failed: (error: unknown) => void; quiet: () => void },
  ) {
    this.#log = new ThreadLog(context, state, (error) => {
      this.#runner.abandon();
      this.#log.abandon(error);
      on.failed(error);
    });
    this.#runner = new TurnRunner(context, this.#log, on.quiet);
  }

  get state(): ThreadState {
    return this.#log.state;
  }

  /** Whether nothing is lost when this object is forgotten: its log has everything. */
  get quiet(): boolean {
    return this.#runner.phase === "closed" && this.#log.idle;
  }

  /**
   * Writes what was decided before this object was made, and resolves when it is durable.
   * @throws SkeinError `busy` when it cannot be written now: whoever wants the thread comes again later.
   */
  async begin(made: Step): Promise<void> {
    this.#log.take(made);
    await this.#log.durable();
    this.#log.wait();
  }

  async prompt(
    asker: Asker,
    prompt: { text: string; blocks: readonly Block[]; when: "queue" | "now" },
  ): Promise<CommandAnswer> {
    const { archived, queue, running, turn } = this.state;
    if (archived) throw new SkeinError("conflict", "The thread is archived: take it out of the archive first.");
    if (queue.length >= QUEUE) {
      throw new SkeinError("busy", `${QUEUE} turns wait already.`, { retryAfterMs: 5000 });
    }
    const first = prompt.when === "now";
    const answered = await this.#log.command(asker, (draft) => ({
      turn: queueTurn(draft, { ...prompt, first, by: asker.user, key: asker.key }),
    }));
    // Only what ran when the person asked is stopped for it.
    if (first && running && turn !== null && this.#runs(turn)) this.#runner.cancel();
    this.#runner.startNext();
    return answered;
  }

  /**
   * Stops a turn, or whichever runs; where it does not run, nothing happens. What waits is held, unless it is to go on.
   * Where only the agent is being started, and no turn is named, that is stopped.
   */
  async cancel(asker: Asker, stop: { turn?: string | undefined; queue?: "hold" | "continue" }): Promise<CommandAnswer> {
    const { running, turn: last } = this.state;
    const turn = running && (stop.turn === undefined || stop.turn === last) ? last : null;
    const hold = turn !== null && stop.queue !== "continue";
    const answered = await this.#log.command(asker, (draft) => {
      if (hold) holdQueue(draft);
      return { turn };
    });
    if (turn === null ? stop.turn === undefined && !this.state.running : this.#runs(turn)) this.#runner.stop();
    return answered;
  }

  #runs(turn: string): boolean {
    return this.state.running && this.state.turn === turn;
  }

  async unqueue(asker: Asker, turn: string): Promise<CommandAnswer> {
    if (!this.state.queue.some((each) => each.id === turn)) {
      throw new SkeinError("conflict", "The turn does not wait: it has started, or was taken out before.");
    }
    return this.#log.command(asker, (draft) => void unqueueTurn(draft, turn));
  }

  /** Changes a turn that waits: what it says, or its place. */
  async requeue(asker: Asker, turn: string, change: Requeue): Promise<CommandAnswer> {
    const waits = (id: string): boolean => this.state.queue.some((each) => each.id === id);
    if (!waits(turn)) {
      throw new SkeinError("conflict", "The turn does not wait: it has started, or was taken out before.");
    }
    if (typeof change.before === "string" && !waits(change.before)) {
      throw new SkeinError("conflict", "The turn it was to stand before does not wait.", { path: "params.before" });
    }
    return this.#log.command(asker, (draft) => requeueTurn(draft, turn, change));
  }

  /** Notes what a person wants of the agent, which gets it when it can; what it refuses is told in the thread. */
  async choose(asker: Asker, choice: Choice): Promise<CommandAnswer> {
    const answered = await this.#log.command(asker, (draft) => choose(draft, choice));
    this.#runner.giveChoices();
    return answered;
  }

  async rename(asker: Asker, title: string): Promise<CommandAnswer> {
    return this.#log.command(asker, (draft) => rename(draft, title));
  }

  /** Archives the thread, which stops its turn and ends its agent; or takes it out. The answer tells what that ends. */
  async archive(asker: Asker, archived: boolean): Promise<CommandAnswer> {
    const { running, turn, queue } = this.state;
    const answered = await this.#log.command(asker, (draft) => {
      archive(draft, archived);
      return archived ? { turn: running ? turn : null, queued: queue.length } : {};
    });
    if (archived && this.state.archived) {
      this.#runner.stop();
      this.#runner.rest();
    }
    return answered;
  }

  /** Lets what waits go on, and starts the agent; that it cannot be is told by a notice. */
  async resume(asker: Asker): Promise<CommandAnswer> {
    if (this.state.archived)
      throw new SkeinError("conflict", "The thread is archived: take it out of the archive first.");
    const answered = await this.#log.command(asker, goOn);
    this.#runner.startNext();
    this.#runner.want();
    return answered;
  }

  /** Answers what the agent asks. Who was first is for the store to say; the agent hears it once it is durable. */
  async answer(asker: Asker, given: Answer): Promise<CommandAnswer> {
    const { kind, id } = given;
    const ask = this.state.asks.get(id);
    if (ask && ask.kind !== kind) {
      throw new SkeinError("not_found", `${id} is a ${ask.kind}, not a ${kind}.`, { path: `params.${kind}` });
    }
    if (given.kind === "permission" && ask && !ask.options.includes(given.option)) {
      throw new SkeinError("invalid", "There is no such option.", { path: "params.option", detail: ask.options });
    }
    const members =
      given.kind === "permission"
        ? { answer: given.option }
        : { action: given.action, ...some("content", given.content) };
    const guard: Guard = { topic: this.#log.topic, kind, id, where: { status: "pending" } };
    const answered = await this.#log.command(
      asker,
      (draft) => answer(draft, id, kind, { ...members, by: asker.user }),
      { guard, refused: (draft) => ask && reopen(draft, id, ask) },
    );
    if (ask && given.kind === "permission") this.#runner.answerPermission(ask.request, given.option);
    if (ask && given.kind === "question") {
      this.#runner.answerQuestion(ask.request, { action: given.action, ...some("content", given.content) });
    }
    return answered;
  }

  /** Resolves when everything so far is durable. */
  durable(): Promise<void> {
    return this.#log.durable();
  }

  /** Ends the agent; what ran is interrupted. Resolves when it is gone and everything is written. */
  async close(reason: string): Promise<void> {
    await this.#runner.close(reason);
    await this.#log.end();
  }
}
