import { SkeinError, type ErrorKind, type TurnEntity } from "@skein/client";

/** What the program's exit status means. Scripts rely on these numbers. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  unauthorized: 4,
  notFound: 5,
  conflict: 6,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
  /** 128 + SIGPIPE. */
  unread: 141,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Said wrongly: the command line itself is at fault. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** There is no server to talk to, and none could be started. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** What the program prints is not taken any more: nobody reads it (EPIPE), or there is no room for it. */
export class OutputError extends Error {
  override name = "OutputError";
  readonly unread: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`What it prints cannot be written: ${cause.message}`, { cause });
    this.unread = cause.code === "EPIPE";
  }
}

/** Whoever runs the program wants an end of it (Ctrl-C). */
export class InterruptedError extends Error {
  override name = "InterruptedError";
}

const CODE_OF: Record<ErrorKind, ExitCode> = {
  invalid: EXIT.usage,
  unauthorized: EXIT.unauthorized,
  forbidden: EXIT.unauthorized,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  busy: EXIT.failed,
  too_large: EXIT.failed,
  rate_limited: EXIT.failed,
  gap: EXIT.failed,
  unsupported: EXIT.failed,
  agent: EXIT.failed,
  internal: EXIT.failed,
};

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof UnreachableError) return EXIT.unreachable;
  if (error instanceof OutputError && error.unread) return EXIT.unread;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  return error instanceof SkeinError ? CODE_OF[error.kind] : EXIT.failed;
}

/** How a turn that has ended counts: only one that the agent ended by itself is a success. */
export function exitCodeOfTurn(turn: Pick<TurnEntity, "status" | "stopReason">): ExitCode {
  if (turn.status === "cancelled" || turn.stopReason === "cancelled") return EXIT.interrupted;
  return turn.status === "done" && turn.stopReason === "end_turn" ? EXIT.ok : EXIT.failed;
}
