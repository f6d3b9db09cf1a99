import { SkeinError } from "@skein/client/protocol";
import type { ContentBlock, DriverEvent, Session } from "../agents/driver.ts";
import type { Clock, Timer } from "../clock.ts";
import type { AgentSlots, SlotHolder } from "./agent-slots.ts";
import { asSkeinError, openSession, writeSession } from "./agent-session.ts";
import type { Drivers } from "./drivers.ts";
import { endOf, exitError, type Ended, type Exited } from "./endings.ts";
import { GivenChoices } from "./given-choices.ts";
import type { BlobStore } from "./outlet.ts";
import { CAN_START, PHASES, type Act, type Phase } from "./phases.ts";
import { promptContent } from "./prompt-content.ts";
import type { ThreadLog } from "./thread-log.ts";
import { asksTooMuch } from "./writer/asks.ts";
import { endSession, endTurn, startTurn } from "./writer/lifecycle.ts";
import { notice } from "./writer/notices.ts";
import type { QueuedTurn, ThreadState } from "./writer/state.ts";
import { offersOf } from "./writer/session-updates.ts";

export type Times = {
  /** How long an agent has to stop once it was asked to, before it is killed; milliseconds, as the next. */
  graceMs: number;
  /** An agent that is idle for this long is ended. */
  idleMs: number;
};

export type RunnerContext = { clock: Clock; blobs: BlobStore; drivers: Drivers; slots: AgentSlots; times: Times };

/** What moves a thread from one phase to another, with what belongs to it. */
type Happening =
  | { type: "next" | "want" | "opened" | "cancel" | "grace" | "idle" }
  | { type: "durable"; content: ContentBlock[] }
  | { type: "failed" | "refused"; error: SkeinError }
  | { type: "ended"; event: Ended }
  | { type: "exited"; event: Exited };

/**
 * Runs a thread's turns, one after the other, on its agent, which it starts when there is work and ends when there was
 * none for long. The table in `phases.ts` decides; this carries it out.
 */
export class TurnRunner {
  readonly #context: RunnerContext;
  readonly #log: ThreadLog;
  readonly #onClosed: () => void;
  #phase: Phase = "closed";
  #session: Session | null = null;
  #choices: GivenChoices | null = null;
  #opening: Promise<void> | null = null;
  /** An agent is wanted once the one that is being ended is gone. */
  #wanted = false;
  /** What an agent before the present one says is not heard. */
  #generation = 0;
  /** Set once this object is of no more use: nothing is started any more. */
  #ended = false;
  /** Aborted then, so that an agent that is only being started is not left behind. */
  readonly #left = new AbortController();
  /** Aborted when the agent that is being started is not wanted any more. */
  #opener = new AbortController();
  #prompts = 0;
  #turn: QueuedTurn | null = null;
  #timer: Timer | null = null;
  /** When the agent was heard last, in milliseconds as `elapsed()` counts. */
  #heardAt = 0;
  readonly #holder: SlotHolder = {
    giveUp: () => {
      if (this.#phase !== "ready" || isAtWork(this.#log.state)) return false;
      this.rest();
      return true;
    },
  };

  constructor(context: RunnerContext, log: ThreadLog, onClosed: () => void) {
    this.#context = context;
    this.#log = log;
    this.#onClosed = onClosed;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Starts the agent, if none runs; that it cannot be started is told in the thread. */
  want(): void {
    this.#wanted = this.#phase === "closing" || this.#phase === "killing";
    this.#on({ type: "want" });
  }

  /** Gives the agent, if one runs, what was chosen of it. */
  giveChoices(): void {
    void this.#choices?.give();
  }

  /** Starts the turn that waits, if one may start now. */
  startNext(): void {
    const { queue, paused, archived } = this.#log.state;
    if (!this.#ended && queue.length > 0 && !paused && !archived && CAN_START.has(this.#phase))
      this.#on({ type: "next" });
  }

  /** Stops the running turn; the one after it then starts, unless it is held. */
  cancel(): void {
    this.#on({ type: "cancel" });
  }

  /** Stops the running turn, and an agent that is being started for no other: its start may hang. */
  stop(): void {
    this.cancel();
    if (this.#phase === "opening") this.cancel();
  }

  /** Ends an agent that has nothing to do. */
  rest(): void {
    this.#on({ type: "idle" });
  }

  answerPermission(request: string, option: string): void {
    this.#session?.answerPermission(request, option);
  }

  answerQuestion(request: string, answer: Parameters<Session["answerQuestion"]>[1]): void {
    this.#session?.answerQuestion(request, answer);
  }

  /** Interrupts what runs, ends the agent, and resolves when it is gone. */
  async close(reason: string): Promise<void> {
    const session = this.#session;
    const starting = session === null && this.#phase !== "closed" ? this.#opening : null;
    this.#leave();
    this.#log.step((draft) => {
      endTurn(draft, { status: "interrupted", error: { message: reason }, pause: true });
      endSession(draft);
    });
    await session?.close();
    // One that is only being started was killed; that its program cannot be found yet is not waited for long.
    if (starting) await Promise.race([starting.catch(() => {}), this.#wait(this.#context.times.graceMs)]);
  }

  /** Lets go of everything at once, writing nothing: the log is of no more use. */
  abandon(): void {
    const session = this.#session;
    this.#leave();
    session?.kill();
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#context.clock.setTimeout(resolve, ms));
  }

  #leave(): void {
    this.#ended = true;
    this.#generation++;
    this.#session = null;
    this.#enter("closed");
    this.#left.abort();
  }

  #on(happening: Happening): void {
    if (this.#ended) return;
    const from = this.#phase;
    const { to, acts } = PHASES[from][happening.type];
    if (to !== from) this.#enter(to);
    for (const act of acts) this.#act(act, happening, from);
    this.startNext();
    // What is archived needs no agent, also when it came to rest only later.
    if (this.#phase === "ready" && this.#log.state.archived) this.rest();
    if (this.#phase === "ready") this.#context.slots.idle(this.#holder);
    if (this.#wanted && this.#phase === "closed") this.want();
    if (to === "closed" && from !== "closed" && this.#phase === "closed") this.#onClosed();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#timer?.cancel();
    this.#timer = null;
    if (phase !== "ready") this.#context.slots.busy(this.#holder);
    const { graceMs, idleMs } = this.#context.times;
    if (phase === "cancelling")
      this.#timer = this.#context.clock.setTimeout(() => this.#on({ type: "grace" }), graceMs);
    if (phase === "ready") this.#timer = this.#context.clock.setTimeout(() => this.#idle(), idleMs);
  }

  /** An agent was idle for long, unless it has something to do without a turn, or said something since. */
  #idle(): void {
    const { clock, times } = this.#context;
    const silent = clock.elapsed() - this.#heardAt;
    const atWork = isAtWork(this.#log.state);
    if (!atWork && silent >= times.idleMs) return this.#on({ type: "idle" });
    this.#timer = clock.setTimeout(() => this.#idle(), atWork ? times.idleMs : times.idleMs - silent);
  }

  #act(act: Act, happening: Happening, from: Phase): void {
    const log = this.#log;
    switch (act) {
      case "open":
        return this.#open();
      case "begin":
        this.#turn = log.state.queue[0] ?? null;
        return log.step(startTurn);
      case "settle":
        return void this.#settle();
      case "prompt":
        if (happening.type === "durable") this.#session?.prompt(++this.#prompts, happening.content);
        return;
      case "askToStop":
        return this.#session?.cancel();
      case "kill":
        return this.#session?.kill();
      case "abort":
        return this.#opener.abort();
      case "close":
        return void this.#close();
      case "endTurn":
        if (happening.type !== "ended") return;
        return log.step((draft) => {
          const end = endOf(happening.event, from === "cancelling");
          endTurn(draft, { ...end, pause: end.status === "failed" && draft.state.queue.length > 0 });
        });
      case "cancelTurn":
        return log.step((draft) => endTurn(draft, { status: "cancelled" }));
      case "failTurn":
        return this.#failTurn(happening);
      case "interruptTurn":
        if (happening.type !== "exited") return;
        return log.step((draft) =>
          endTurn(draft, { status: "interrupted", error: exitError(happening.event), pause: true }),
        );
      case "endSession":
        return log.step(endSession);
      case "tellFailure":
        if (happening.type !== "failed") return;
        return log.step((draft) => void notice(draft, "error", happening.error.message));
      case "tellExit":
        if (happening.type !== "exited" || happening.event.expected) return;
        return log.step((draft) => void notice(draft, "warning", exitError(happening.event).message, happening.event));
      default:
        return act satisfies never;
    }
  }

  #open(): void {
    const generation = ++this.#generation;
    this.#opener = new AbortController();
    const opening = this.#start(generation, AbortSignal.any([this.#left.signal, this.#opener.signal]));
    this.#opening = opening;
    opening.then(
      () => this.#generation === generation && this.#on({ type: "opened" }),
      (error: unknown) => {
        if (this.#generation !== generation) return;
        this.#session?.kill();
        this.#session = null;
        this.#log.flushLines();
        this.#on({ type: "failed", error: asSkeinError(error) });
      },
    );
  }

  async #start(generation: number, signal: AbortSignal): Promise<void> {
    const release = await this.#slot(signal);
    const opening = openSession(this.#context.drivers, this.#log.state.thread, {
      emit: (event) => {
        if (event.type === "exited") release();
        return this.#hear(generation, event);
      },
      record: (direction, line) => generation === this.#generation && this.#log.record(direction, line),
      signal,
    });
    // Where it fails nothing of the agent is left.
    opening.catch(release);
    const session = await opening;
    if (generation !== this.#generation) {
      session.kill();
      throw new SkeinError("agent", "The agent was ended while it started.");
    }
    this.#session = session;
    this.#log.step((draft) => writeSession(draft, session));
    const { agent, exec } = this.#log.state.thread;
    if (exec === undefined && !session.opened.resumed) {
      this.#context.drivers.offered(agent, offersOf(session.opened));
    }
    this.#choices = new GivenChoices(this.#log, session, () => generation === this.#generation);
    await this.#choices.give();
    if (generation !== this.#generation) throw new SkeinError("agent", "The agent ended while it started.");
  }

  /** Waits until one more agent may run, and says so in the thread. */
  async #slot(signal: AbortSignal): Promise<() => void> {
    const told = (waitsForAgent: true | undefined): void => {
      if (!this.#ended) this.#log.step((draft) => draft.thread({ waitsForAgent }));
    };
    let waited = false;
    try {
      return await this.#context.slots.take(this.#holder, signal, () => {
        waited = true;
        told(true);
      });
    } finally {
      if (waited) told(undefined);
    }
  }

  #tellCommands(): void {
    const { agent, exec, commands } = this.#log.state.thread;
    if (exec === undefined) this.#context.drivers.toldCommands(agent, commands);
  }

  /** Sends the prompt out once its turn's start is durable: an agent never works on what a crash could take back. */
  async #settle(): Promise<void> {
    const turn = this.#turn;
    const session = this.#session;
    try {
      if (turn === null || session === null) throw new Error("There is no turn to give to the agent, or no agent.");
      const content = await promptContent(turn, session.opened.accepts, this.#context.blobs);
      // A prompt must not run in another mode than the one chosen before it.
      await this.#choices?.give();
      await this.#log.durable();
      if (this.#turn === turn) this.#on({ type: "durable", content });
    } catch (error) {
      if (this.#turn === turn) this.#on({ type: "refused", error: asSkeinError(error) });
    }
  }

  async #close(): Promise<void> {
    const generation = this.#generation;
    await this.#session?.close();
    if (generation === this.#generation && this.#phase === "closing") {
      const event: Exited = { type: "exited", code: null, signal: null, stderr: "", expected: true };
      void this.#hear(generation, event);
    }
  }

  #failTurn(happening: Happening): void {
    if (happening.type !== "failed" && happening.type !== "refused" && happening.type !== "exited") return;
    const { message, detail } = happening.type === "exited" ? exitError(happening.event) : happening.error;
    this.#log.step((draft) => {
      const error = detail === undefined ? { message } : { message, detail };
      endTurn(draft, { status: "failed", error, pause: draft.state.queue.length > 0 });
    });
  }

  #hear(generation: number, event: DriverEvent): void | Promise<void> {
    if (generation !== this.#generation) return;
    this.#heardAt = this.#context.clock.elapsed();
    switch (event.type) {
      case "turn":
        if (event.prompt === this.#prompts) this.#on({ type: "ended", event });
        break;
      case "exited":
        // Its opening, if that is still under way, leads to nothing any more.
        this.#generation++;
        this.#session = null;
        this.#on({ type: "exited", event });
        this.#log.flushLines();
        break;
      case "permission":
      case "question": {
        const tooMuch = asksTooMuch(this.#log.state);
        this.#log.write(event);
        if (!tooMuch) break;
        if (event.type === "permission") this.#session?.answerPermission(event.request, null);
        else this.#session?.answerQuestion(event.request, { action: "cancel" });
        break;
      }
      default:
        this.#log.write(event);
        if (event.type === "update" && event.update.sessionUpdate === "available_commands_update") this.#tellCommands();
        // Its last command or task may have ended.
        if (this.#phase === "ready") this.#context.slots.idle(this.#holder);
    }
    return this.#log.pressure();
  }
}

/** Whether an agent has something to do without a turn: it asks, or a command or task of its runs. */
function isAtWork({ asks, terminals, tools }: ThreadState): boolean {
  if (asks.size > 0 || [...terminals.values()].some(({ running }) => running)) return true;
  return [...tools.values()].some(({ value }) => value?.status === "pending" || value?.status === "in_progress");
}
