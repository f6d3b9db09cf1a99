import { SkeinError, type CallParams, type CommandName, type Result, type SkeinClient } from "@skein/client";
import { sayFailed } from "../../ui/toasts.tsx";

/**
 * Gives a command, and says `failed` with the reason to who gave it when it is refused. Resolves with its answer, or
 * with `null` when there will be none: refused, taken back on this device, or kept for the next connection.
 */
export async function give<Name extends CommandName>(
  client: SkeinClient,
  name: Name,
  params: CallParams<Name>,
  failed: string,
): Promise<Result<Name> | null> {
  try {
    return await client.command(name, params);
  } catch (error) {
    if (!isNoRefusal(error)) sayFailed(failed, error);
    return null;
  }
}

/**
 * Whether a command's promise rejected with nothing having failed: it was taken back on this device, another tab here had
 * it answered or took it back, or it stays in the outbox.
 */
export const isNoRefusal = (error: unknown): boolean =>
  error instanceof SkeinError && (error.retry === "reconnect" || (error.kind === "conflict" && isTakenOut(error)));

function isTakenOut({ detail }: SkeinError): boolean {
  const status = (detail as { status?: unknown } | undefined)?.status;
  return status === "discarded" || status === "elsewhere";
}
