import * as z from "zod";

/** What went wrong. */
export const ERROR_KINDS = [
  "invalid",
  "unauthorized",
  "forbidden",
  "not_found",
  "conflict",
  "busy",
  "too_large",
  "rate_limited",
  "gap",
  "unsupported",
  "agent",
  "internal",
] as const;
/** What went wrong; docs/PROTOCOL.md (P70) says what each means. */
export type ErrorKind = (typeof ERROR_KINDS)[number];

/**
 * What the asker may do about it: `never` repeat it unchanged; repeat it `later` (after `retryAfterMs`);
 * after a `reconnect`; or `refetch` the topic first.
 */
export const RETRIES = ["never", "later", "reconnect", "refetch"] as const;
/** What the asker may do about an error: see `RETRIES`. */
export type Retry = (typeof RETRIES)[number];

export const errorData = z.looseObject({
  kind: z.enum(ERROR_KINDS),
  retry: z.enum(RETRIES),
  retryAfterMs: z.number().nonnegative().optional(),
  /** What a person or a program may want to know beyond the message, e.g. the answer that won a conflict. */
  detail: z.unknown().optional(),
  /** Where in the request the fault lies, e.g. `params.text`. */
  path: z.string().optional(),
});
export type ErrorData = z.infer<typeof errorData>;

/** The error member of a JSON-RPC 2.0 response. */
export const rpcError = z.looseObject({ code: z.int(), message: z.string(), data: errorData.optional() });
export type RpcError = z.infer<typeof rpcError>;

const RETRY_OF: Record<ErrorKind, Retry> = {
  invalid: "never",
  unauthorized: "never",
  forbidden: "never",
  not_found: "never",
  conflict: "never",
  busy: "later",
  too_large: "never",
  rate_limited: "later",
  gap: "refetch",
  unsupported: "never",
  agent: "never",
  internal: "later",
};

/** JSON-RPC 2.0, section 5.1, where it has a number for the kind; else in the range it leaves to servers. */
export const CODE_OF: Record<ErrorKind, number> = {
  invalid: -32602,
  unsupported: -32601,
  internal: -32603,
  unauthorized: -32001,
  forbidden: -32003,
  not_found: -32004,
  conflict: -32009,
  too_large: -32013,
  agent: -32020,
  rate_limited: -32029,
  busy: -32030,
  gap: -32031,
};

/** An error that travels: thrown on the server, answered to the asker alone, thrown again in its client. */
export class SkeinError extends Error {
  /** What went wrong. */
  readonly kind: ErrorKind;
  /** Whether, and after what, the same may be asked again; the kind's usual answer unless the server said otherwise (P71). */
  readonly retry: Retry;
  /** How long to wait before that, in milliseconds; `undefined` when the server did not say. */
  readonly retryAfterMs: number | undefined;
  /** What a person or a program may want to know beyond the message, e.g. the answer that won a conflict. */
  readonly detail: unknown;
  /** Where in the request the fault lies, e.g. `params.text`; `undefined` when it is no single place. */
  readonly path: string | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    more: {
      retry?: Retry;
      retryAfterMs?: number | undefined;
      detail?: unknown;
      path?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "SkeinError";
    this.kind = kind;
    this.retry = more.retry ?? RETRY_OF[kind];
    this.retryAfterMs = more.retryAfterMs;
    this.detail = more.detail;
    this.path = more.path;
  }

  /** As the error member of a JSON-RPC response. */
  toRpc(): RpcError {
    const data: ErrorData = { kind: this.kind, retry: this.retry };
    if (this.retryAfterMs !== undefined) data.retryAfterMs = this.retryAfterMs;
    if (this.detail !== undefined) data.detail = this.detail;
    if (this.path !== undefined) data.path = this.path;
    return { code: CODE_OF[this.kind], message: this.message, data };
  }

  /** From the error member of a JSON-RPC response; an error without our data is `internal`. */
  static fromRpc(error: RpcError): SkeinError {
    return error.data
      ? new SkeinError(error.data.kind, error.message, error.data)
      : new SkeinError("internal", error.message, { detail: { code: error.code } });
  }
}

/** Close codes of the WebSocket (4000-4999 is the range RFC 6455, section 7.4.2, leaves to applications). */
export const CLOSE = {
  /** The peer broke the protocol: a frame that is no JSON-RPC, five times in a row, or nothing before `hello`. */
  protocol: 4400,
  /** No such token, or none: signing in again is the only remedy. */
  unauthorized: 4401,
  /** Known, but not let in: e.g. a foreign Origin. */
  forbidden: 4403,
  silent: 4408,
  superseded: 4409,
  tooLarge: 4413,
  tooFast: 4429,
  draining: 4503,
  /** Did not drain: reconnect and resume. */
  tooSlow: 4508,
} as const;

/** Whether a client must stop retrying after a close with this code, and say so. */
export function isFinalClose(code: number): boolean {
  return code === CLOSE.unauthorized || code === CLOSE.forbidden;
}
