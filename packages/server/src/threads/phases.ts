/**
 * What a thread's agent and its running turn are doing together. One prompt at a time goes to an agent, whatever it
 * claims to stand.
 *
 *              want                 opened               idle
 *    closed ──────────▶ opening ──────────────▶ ready ──────────▶ closing ──exited──▶ closed
 *      │                   │ ▲                  │   ▲ ▲
 *      │ next              │ │ cancel      next │   │ │ cancel, refused
 *      │                   ▼ │    opened        ▼   │ │
 *      └────────────────▶ starting ──────────▶ sending
 *                                               │   │
 *                                       durable │   │ ended
 *                                               ▼   │
 *                                             running ──cancel──▶ cancelling ──grace──▶ killing ──exited──▶ closed
 *
 * `cancel` while an agent is `opening` leads to `killing`, and `failed` or `exited` from there to `closed`.
 * `exited` leads to `closed` from everywhere. That an agent could not be opened is told by `failed`; one that can end
 * at any moment may also end between the last answer of its opening and `opened`, which then does not come any more.
 */
export type Phase =
  /** No agent runs. */
  | "closed"
  /** An agent is being started; no turn waits for it, or the one that did was cancelled. */
  | "opening"
  /** A turn runs, and the agent it is for is being started. */
  | "starting"
  /** An agent waits for a prompt. */
  | "ready"
  /** A turn runs; its prompt goes out once that is durable. */
  | "sending"
  /** The agent works on a prompt. */
  | "running"
  /** It was asked to stop, and has until the end of its grace. */
  | "cancelling"
  /** It did not stop, or is not wanted before it was up, and is being killed. */
  | "killing"
  /** It was idle, and is being ended. */
  | "closing";

export type PhaseEvent =
  /** The queue has a turn that may start. */
  | "next"
  /** An agent is wanted without a turn. */
  | "want"
  | "opened"
  | "failed"
  /** The start of the turn is durable. */
  | "durable"
  /** The prompt holds what the agent does not take. */
  | "refused"
  /** The agent said how the prompt ended. */
  | "ended"
  | "cancel"
  | "grace"
  | "idle"
  | "exited";

export type Act =
  | "open"
  | "begin"
  | "settle"
  | "prompt"
  | "askToStop"
  | "kill"
  | "abort"
  | "close"
  | "endTurn"
  | "cancelTurn"
  | "failTurn"
  | "interruptTurn"
  | "endSession"
  | "tellFailure"
  | "tellExit";

export type Transition = { readonly to: Phase; readonly acts: readonly Act[] };

const go = (to: Phase, ...acts: Act[]): Transition => ({ to, acts });

/** Where an event leads that does not matter in a phase. */
function staying(phase: Phase): Record<PhaseEvent, Transition> {
  const stay = go(phase);
  return {
    next: stay,
    want: stay,
    opened: stay,
    failed: stay,
    durable: stay,
    refused: stay,
    ended: stay,
    cancel: stay,
    grace: stay,
    idle: stay,
    exited: stay,
  };
}

export const PHASES: Readonly<Record<Phase, Readonly<Record<PhaseEvent, Transition>>>> = {
  closed: { ...staying("closed"), next: go("starting", "begin", "open"), want: go("opening", "open") },
  opening: {
    ...staying("opening"),
    next: go("starting", "begin"),
    opened: go("ready"),
    failed: go("closed", "tellFailure"),
    cancel: go("killing", "abort"),
    exited: go("closed", "tellExit", "endSession"),
  },
  starting: {
    ...staying("starting"),
    opened: go("sending", "settle"),
    failed: go("closed", "failTurn"),
    exited: go("closed", "failTurn", "endSession"),
    cancel: go("opening", "cancelTurn"),
  },
  ready: {
    ...staying("ready"),
    next: go("sending", "begin", "settle"),
    idle: go("closing", "close"),
    exited: go("closed", "tellExit", "endSession"),
  },
  sending: {
    ...staying("sending"),
    durable: go("running", "prompt"),
    refused: go("ready", "failTurn"),
    cancel: go("ready", "cancelTurn"),
    exited: go("closed", "interruptTurn", "endSession"),
  },
  running: {
    ...staying("running"),
    ended: go("ready", "endTurn"),
    cancel: go("cancelling", "askToStop"),
    exited: go("closed", "interruptTurn", "endSession"),
  },
  cancelling: {
    ...staying("cancelling"),
    ended: go("ready", "endTurn"),
    grace: go("killing", "cancelTurn", "kill"),
    exited: go("closed", "cancelTurn", "endSession"),
  },
  killing: {
    ...staying("killing"),
    opened: go("killing", "kill"),
    failed: go("closed"),
    exited: go("closed", "endSession"),
  },
  closing: { ...staying("closing"), exited: go("closed", "endSession") },
};

/** Phases from which a turn that waits may start. */
export const CAN_START: ReadonlySet<Phase> = new Set<Phase>(["closed", "opening", "ready"]);
