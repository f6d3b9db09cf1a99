import { SkeinError } from "../protocol/errors.ts";
import { METHODS, type Method } from "../protocol/methods.ts";
import { isFailure, type RpcFailure, type RpcResult } from "../protocol/rpc.ts";

/** What became of a request: answered, answered with an error, or `lost`: the connection ended first. */
export type Outcome = { type: "result"; result: unknown } | { type: "error"; error: SkeinError } | { type: "lost" };

/**
 * One request. It is settled exactly once, and only by the connection that it was sent on. With a `user` it is theirs, and
 * nobody else's.
 */
export type Ask = { method: Method; params: unknown; user?: string | null; settle(outcome: Outcome): void };

/** Reads an answer by the schema of the method's result. */
export function readAnswer(method: Method, answer: RpcResult | RpcFailure): Outcome {
  if (isFailure(answer)) return { type: "error", error: SkeinError.fromRpc(answer.error) };
  const read = METHODS[method].result.safeParse(answer.result);
  if (read.success) return { type: "result", result: read.data };
  const issue = read.error.issues[0];
  const where = ["result", ...(issue?.path ?? [])].join(".");
  const message = `The server answered ${method} with something else: ${where}: ${issue?.message ?? "wrong value"}.`;
  // Asking again would only bring the same answer.
  return { type: "error", error: new SkeinError("internal", message, { retry: "never", path: where }) };
}

const encoder = new TextEncoder();

/** Bytes of UTF-8, or `false` as soon as it is known that there are no more than `limit`. */
export function exceeds(text: string, limit: number): number | false {
  if (text.length * 3 <= limit) return false;
  const { length } = encoder.encode(text);
  return length > limit ? length : false;
}

/** The error of a request too large to be sent: the server would end the connection over it, again and again. */
export const tooLarge = (method: Method, bytes: number, limit: number): SkeinError =>
  new SkeinError("too_large", `${method} takes ${bytes} bytes; the server accepts ${limit}.`);
