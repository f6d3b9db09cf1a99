/**
 * The bounds of docs/PROTOCOL.md (P90). The server may be configured with others; the ones in force travel in the answer to
 * `hello`. Sizes are bytes of UTF-8 unless a name says otherwise; times are milliseconds.
 */
export const DEFAULT_LIMITS = {
  /** Largest frame or HTTP body a client may send. */
  frameBytes: 1024 * 1024,
  /** Requests a connection may make per second once its burst is used up. */
  requestsPerSecond: 50,
  requestBurst: 200,
  /** Topics one connection may be subscribed to. */
  subscriptions: 256,
  /** Items in a thread's snapshot. */
  window: 200,
  /** Bytes of these items: two hundred tool calls with all the output they may keep would be 50 MiB. */
  windowBytes: 2 * 1024 * 1024,
  /** Items in a page of `history`, and its default. */
  historyPage: 100,
  /** Bytes of these items. */
  historyPageBytes: 1024 * 1024,
  /** Bytes waiting in a connection's socket above which nothing more is written to it. */
  softMarkBytes: 256 * 1024,
  attachmentBytes: 20 * 1024 * 1024,
  promptBytes: 256 * 1024,
  /** `hello` must have come by then. */
  helloMs: 10_000,
  /** The client pings after this long in which nothing came in, or nothing was sent. */
  pingAfterMs: 15_000,
  /** A ping unanswered for this long counts as missed; two missed end the connection. */
  pongWithinMs: 10_000,
  /**
   * The server closes a peer from which nothing came for this long: at least twice `pingAfterMs`. A browser lets the timers
   * of a hidden tab run once a minute; the default leaves room for a ping that comes a minute late, and its repeat.
   */
  silentMs: 150_000,
  /** A connection above the soft mark that does not drain for this long is closed, resumable. */
  drainMs: 30_000,
  /** A command's key is known for this long at least (P61): one given longer ago is not sent any more. */
  answersMs: 30 * 24 * 3_600_000,
} as const;

/** The limits in force, by name: see `DEFAULT_LIMITS` for what each bounds, and its unit. */
export type Limits = { [Name in keyof typeof DEFAULT_LIMITS]: number };
