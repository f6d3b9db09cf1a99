import { CLOSE, SkeinError } from "../protocol/errors.ts";

/** Common to all states. Times are milliseconds since 1970. */
type Common = {
  /** When this state began. */
  since: number;
};

type Trying = Common & {
  /** Connections in a row that failed or did not last; 0 at first. */
  attempt: number;
  /** How many of them never got as far as an answer to `hello`. */
  unopened: number;
};

/** Not connected, and not trying: before `connect()` and after `close()`. */
export type Idle = Common & { state: "idle" };

/** A socket is being opened. */
export type Connecting = Trying & { state: "connecting" };

/** The socket is open; `hello` is sent and not answered yet. */
export type Greeting = Trying & { state: "greeting" };

/** Connected. */
export type Live = Common & {
  state: "live";
  /** The server's id of this connection. */
  connection: string;
  attempt: number;
  /** Set by a server that goes down: not to be tried again before then. */
  notBefore: number | null;
};

/** The connection was lost or could not be made; it is tried again at `retryAt`. */
export type Waiting = Trying & {
  state: "waiting";
  retryAt: number;
  /** Why: the last thing that went wrong. */
  error: SkeinError;
  /** The server said when to come back: an earlier try is made only by `retryNow()`. */
  ordered: boolean;
};

/** The server will not have this client: only signing in again helps, then `connect()`. */
export type Stopped = Common & {
  state: "stopped";
  /** `code` is one of `CLOSE`: who are you (4401), not you (4403), or a protocol this client does not speak (4400). */
  reason: { code: number; message: string };
};

/** The state of a client's connection. */
export type ConnectionStatus = Idle | Connecting | Greeting | Live | Waiting | Stopped;
export type StateName = ConnectionStatus["state"];
export type StatusOf<Name extends StateName> = Extract<ConnectionStatus, { state: Name }>;

/** Why no connection will be tried any more, if so. */
export function refusalOf(status: ConnectionStatus): SkeinError | null {
  if (status.state !== "stopped") return null;
  const { code, message } = status.reason;
  const kind = code === CLOSE.unauthorized ? "unauthorized" : code === CLOSE.forbidden ? "forbidden" : "unsupported";
  return new SkeinError(kind, message, { detail: { code } });
}
