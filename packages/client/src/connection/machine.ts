import { CLOSE, isFinalClose, SkeinError, type ErrorKind } from "../protocol/errors.ts";
import { backoff } from "./backoff.ts";
import type { ConnectionStatus, Greeting, Connecting, Live, StateName, StatusOf, Stopped, Waiting } from "./status.ts";

/** A connection that lasted this long, in milliseconds, is no part of a storm: the backoff starts from its base again. */
export const STABLE_MS = 10_000;
/** How long opening a socket, and then the answer to `hello`, may take, in milliseconds. */
export const OPEN_WITHIN_MS = 10_000;

/** What can happen to a connection. */
export type ConnectionEvent =
  /** The owner wants a connection. */
  | { type: "connect" }
  /** The owner wants none any more. */
  | { type: "close" }
  /** The owner wants it tried or checked this moment. */
  | { type: "retry" }
  /** The machine woke, the page became visible, the network came back. */
  | { type: "wake" }
  /** The machine has no network: the server is out of reach, whatever the socket says. */
  | { type: "offline" }
  /** The state's own time is up. */
  | { type: "due" }
  | { type: "opened" }
  /** `hello` was answered. */
  | { type: "greeted"; connection: string }
  /** The server answered that it will not have this client, or not now. */
  | { type: "refused"; error: SkeinError }
  | { type: "closed"; code: number; reason: string }
  /** The other side is silent, or breaks the protocol. */
  | { type: "broken"; error: SkeinError; code: number }
  | { type: "draining"; retryAfterMs: number };

export type EventName = ConnectionEvent["type"];
type EventOf<Name extends EventName> = Extract<ConnectionEvent, { type: Name }>;

/** What the shell is to do, in order, once it is in the new state. */
export type Action =
  | { do: "open" }
  | { do: "greet" }
  /** Ping at once. */
  | { do: "check" }
  | { do: "hang up"; code: number; reason: string };

/** Lets go of the link; nothing happens when the other side has ended it. */
const HANG_UP: Action = { do: "hang up", code: 1000, reason: "" };

export type Step = { status: ConnectionStatus; actions: readonly Action[] };

/** Time and chance at the moment of an event. */
export type Moment = { now: number; random: number };

type Transition<S extends StateName, E extends EventName> = (
  status: StatusOf<S>,
  event: EventOf<E>,
  moment: Moment,
) => Step;

type Table = { [S in StateName]: { [E in EventName]: Transition<S, E> } };

/*
 *              connect                opened               greeted
 *   ┌────────┐ ───────▶ ┌────────────┐ ─────▶ ┌──────────┐ ──────▶ ┌────────┐
 *   │  idle  │          │ connecting │        │ greeting │         │  live  │ ⟲ wake, retry: ping
 *   └────────┘          └────────────┘        └──────────┘         └────────┘
 *       ▲                 │        ▲            │      │                │
 *       │ close           │ closed │ due,       │      │ refused,      │ closed,
 *       │ (from any)      │ due,   │ wake,      │      │ closed,       │ broken,
 *       │                 ▼ offline│ retry      │      │ 4401 4403     ▼ offline
 *                       ┌────────────┐ ◀────────┘      ▼           (to waiting, or
 *                       │  waiting   │              ┌─────────┐     to stopped on
 *                       └────────────┘ ───────────▶ │ stopped │     4401 and 4403)
 *                                       refused     └─────────┘ ── connect, retry ──▶ connecting
 */
const TABLE: Table = {
  idle: {
    connect: open,
    close: stay,
    retry: stay,
    wake: stay,
    offline: stay,
    due: stay,
    opened: stay,
    greeted: stay,
    refused: stay,
    closed: stay,
    broken: stay,
    draining: stay,
  },
  connecting: {
    connect: stay,
    close: end,
    retry: stay,
    wake: stay,
    offline: loseNetwork,
    due: timedOut,
    opened: greet,
    greeted: stay,
    refused: refuse,
    closed: lose,
    broken: breakOff,
    draining: stay,
  },
  greeting: {
    connect: stay,
    close: end,
    retry: stay,
    wake: stay,
    offline: loseNetwork,
    due: timedOut,
    opened: stay,
    greeted: goLive,
    refused: refuse,
    closed: lose,
    broken: breakOff,
    draining: stay,
  },
  live: {
    connect: stay,
    close: end,
    retry: check,
    wake: check,
    offline: loseNetwork,
    due: stay,
    opened: stay,
    greeted: stay,
    // What an earlier request over HTTP was told is out of date: this connection was let in.
    refused: stay,
    closed: lose,
    broken: breakOff,
    draining: drain,
  },
  waiting: {
    connect: reopen,
    close: end,
    retry: reopen,
    wake: reopenUnlessOrdered,
    offline: stay,
    due: reopen,
    opened: stay,
    greeted: stay,
    refused: refuse,
    closed: stay,
    broken: stay,
    draining: stay,
  },
  stopped: {
    connect: open,
    close: end,
    retry: open,
    wake: stay,
    offline: stay,
    due: stay,
    opened: stay,
    greeted: stay,
    refused: stay,
    closed: stay,
    broken: stay,
    draining: stay,
  },
};

/** What an event makes of a connection's state: no I/O, no clock, no chance of its own. */
export function decide(status: ConnectionStatus, event: ConnectionEvent, moment: Moment): Step {
  // The table is total over both unions; TypeScript cannot follow the pair through the lookup.
  const transition = TABLE[status.state][event.type] as Transition<StateName, EventName>;
  return transition(status, event, moment);
}

/** When the shell must give the event `due`, in milliseconds since 1970; `null` in a state that has no such time. */
export function dueAt(status: ConnectionStatus): number | null {
  switch (status.state) {
    case "connecting":
    case "greeting":
      return status.since + OPEN_WITHIN_MS;
    case "waiting":
      return status.retryAt;
    case "idle":
    case "live":
    case "stopped":
      return null;
    default:
      return status satisfies never;
  }
}

function stay(status: ConnectionStatus): Step {
  return { status, actions: [] };
}

function open(_: ConnectionStatus, __: ConnectionEvent, { now }: Moment): Step {
  return { status: { state: "connecting", since: now, attempt: 0, unopened: 0 }, actions: [{ do: "open" }] };
}

function reopen({ attempt, unopened }: Waiting, _: ConnectionEvent, { now }: Moment): Step {
  return { status: { state: "connecting", since: now, attempt, unopened }, actions: [{ do: "open" }] };
}

function reopenUnlessOrdered(status: Waiting, event: ConnectionEvent, moment: Moment): Step {
  return status.ordered ? stay(status) : reopen(status, event, moment);
}

function greet({ attempt, unopened }: Connecting, _: ConnectionEvent, { now }: Moment): Step {
  return { status: { state: "greeting", since: now, attempt, unopened }, actions: [{ do: "greet" }] };
}

function goLive({ attempt }: Greeting, { connection }: EventOf<"greeted">, { now }: Moment): Step {
  return { status: { state: "live", since: now, connection, attempt, notBefore: null }, actions: [] };
}

function check(status: Live): Step {
  return { status, actions: [{ do: "check" }] };
}

function drain(status: Live, { retryAfterMs }: EventOf<"draining">, { now }: Moment): Step {
  return { status: { ...status, notBefore: now + retryAfterMs }, actions: [] };
}

function end(_: ConnectionStatus, __: ConnectionEvent, { now }: Moment): Step {
  return { status: { state: "idle", since: now }, actions: [HANG_UP] };
}

function lose(status: Connecting | Greeting | Live, { code, reason }: EventOf<"closed">, moment: Moment): Step {
  const next = isFinalClose(code)
    ? stop(code, reason || CLOSE_TEXT[code] || "The server refused.", moment)
    : wait(status, closeError(code, reason), moment);
  return { status: next, actions: [HANG_UP] };
}

function timedOut(status: Connecting | Greeting, _: ConnectionEvent, moment: Moment): Step {
  const what = status.state === "connecting" ? "The socket did not open" : "The server did not answer the greeting";
  const error = new SkeinError("busy", `${what} within ${OPEN_WITHIN_MS / 1000} s.`, { retry: "reconnect" });
  return { status: wait(status, error, moment), actions: [{ do: "hang up", code: CLOSE.silent, reason: "timed out" }] };
}

function breakOff(status: Connecting | Greeting | Live, { error, code }: EventOf<"broken">, moment: Moment): Step {
  return { status: wait(status, error, moment), actions: [{ do: "hang up", code, reason: "" }] };
}

function loseNetwork(status: Connecting | Greeting | Live, _: ConnectionEvent, moment: Moment): Step {
  const error = new SkeinError("busy", "This device has no network.", { retry: "reconnect" });
  return { status: wait(status, error, moment), actions: [HANG_UP] };
}

function refuse(status: Connecting | Greeting | Waiting, { error }: EventOf<"refused">, moment: Moment): Step {
  if (error.retry !== "never") return { status: wait(status, error, moment), actions: [HANG_UP] };
  const code =
    error.kind === "unauthorized" ? CLOSE.unauthorized : error.kind === "forbidden" ? CLOSE.forbidden : CLOSE.protocol;
  return { status: stop(code, error.message, moment), actions: [HANG_UP] };
}

function stop(code: number, message: string, { now }: Moment): Stopped {
  return { state: "stopped", since: now, reason: { code, message } };
}

function wait(status: Connecting | Greeting | Live | Waiting, error: SkeinError, { now, random }: Moment): Waiting {
  const stable = status.state === "live" && now - status.since >= STABLE_MS;
  const attempt = (stable ? 0 : status.attempt) + 1;
  const unopened = status.state === "live" ? 0 : status.unopened + 1;
  const drained = status.state === "live" ? status.notBefore : null;
  const ordered = error.retryAfterMs === undefined ? drained : now + error.retryAfterMs;
  const retryAt = Math.max(now, ordered ?? now) + backoff(attempt, random);
  return { state: "waiting", since: now, retryAt, attempt, unopened, error, ordered: ordered !== null };
}

const CLOSE_TEXT: Record<number, string> = {
  [CLOSE.protocol]: "The server found that this client breaks the protocol.",
  [CLOSE.unauthorized]: "The server does not know this client: its token or session is missing or no longer valid.",
  [CLOSE.forbidden]: "The server does not let this client in.",
  [CLOSE.silent]: "The server heard nothing from this client for too long.",
  [CLOSE.superseded]: "Another connection took the place of this one.",
  [CLOSE.tooLarge]: "The server found a frame of this client too large.",
  [CLOSE.tooFast]: "The server found this client too fast.",
  [CLOSE.draining]: "The server is going down, or starts anew.",
  [CLOSE.tooSlow]: "This client took in too slowly what the server sent.",
};

const CLOSE_KIND: Record<number, ErrorKind> = {
  [CLOSE.protocol]: "invalid",
  [CLOSE.tooLarge]: "too_large",
  [CLOSE.tooFast]: "rate_limited",
};

function closeError(code: number, reason: string): SkeinError {
  const text = CLOSE_TEXT[code] ?? "The connection was lost or could not be made.";
  const message = `${text.slice(0, -1)} (${code}${reason ? `: ${reason}` : ""}).`;
  return new SkeinError(CLOSE_KIND[code] ?? "busy", message, { retry: "reconnect", detail: { code } });
}
