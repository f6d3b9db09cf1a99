import { useMemo } from "react";
import {
  commandsGiven,
  isOffline,
  isToSend,
  type ConnectionStatus,
  type HelloResult,
  type SkeinError,
} from "../index.ts";
import { useCell, useStore } from "./provider.ts";
import { stable } from "./stable.ts";
import type { ClientStore } from "./store.ts";
import type { Cell } from "./signals.ts";
import { CONNECTION, OUTBOX } from "./topic-views.ts";

/**
 * How the connection is, in one word for a person: `idle` not wanted; `connecting` for the first time; `catching up`
 * connected, and something shown may be old yet; `live`; `offline` lost, or not to be had, and tried again; `stopped`
 * the server will not have this client: sign in, then `client.connect()`.
 */
export type ConnectionState = "idle" | "connecting" | "catching up" | "live" | "offline" | "stopped";

type Snapshot = {
  state: ConnectionState;
  /** When `state` began, in milliseconds since 1970. */
  since: number;
  /** When the next try is due, while one is waited for. */
  retryAt: number | null;
  /** Why it is `offline`, once that is known. */
  error: SkeinError | null;
  /** What keeps the server from accepting work, in a sentence for people; `null` when nothing does. See `client.problem`. */
  problem: string | null;
  /** Commits that the topics shown lack, as far as the server has told. */
  behind: number;
  /** Commands that wait to be sent. */
  queued: number;
  /** The status in full: why it is `stopped`, which attempt it is. */
  status: ConnectionStatus;
  /** The newest greeting: who we are there, the server's version and limits; `null` before the first. */
  hello: HelloResult | null;
};

/** What `useConnection` gives. */
export type ConnectionView = Snapshot & {
  /** Tries at once, or checks a connection that is there. */
  retryNow: () => void;
};

/**
 * The connection: always to be shown, and never in the way.
 *
 * @example
 * ```tsx
 * import { useConnection } from "@skein/client/react";
 *
 * function Badge() {
 *   const { state, behind, queued, retryNow } = useConnection();
 *   if (state === "offline") return <button onClick={retryNow}>offline, {queued} to send</button>;
 *   return <span>{state === "catching up" ? `${behind} behind` : state}</span>;
 * }
 * ```
 */
export function useConnection(): ConnectionView {
  const { client } = useStore();
  const snapshot = useCell(connectionCell, []);
  return useMemo(() => ({ ...snapshot, retryNow: () => client.retryNow() }), [snapshot, client]);
}

function connectionCell(store: ClientStore): Cell<Snapshot> {
  const { client, clock, topics } = store;
  return store.cell<Snapshot>([CONNECTION, OUTBOX], (previous) => {
    const { status, hello, problem } = client;
    const { behind, old } = topics.lag();
    const state = stateOf(status, old);
    const began = state === "live" || state === "catching up" ? clock.now() : status.since;
    return stable(previous, {
      state,
      since: previous?.state === state ? previous.since : began,
      retryAt: status.state === "waiting" ? status.retryAt : null,
      error: status.state === "waiting" ? status.error : state === "offline" ? (previous?.error ?? null) : null,
      problem,
      behind,
      queued: commandsGiven(client.outbox.entries, status).filter(isToSend).length,
      status,
      hello,
    });
  });
}

function stateOf(status: ConnectionStatus, old: boolean): ConnectionState {
  if (isOffline(status)) return "offline";
  switch (status.state) {
    case "idle":
    case "stopped":
      return status.state;
    case "live":
      return old ? "catching up" : "live";
    case "waiting":
    case "connecting":
    case "greeting":
      return "connecting";
    default:
      return status satisfies never;
  }
}
