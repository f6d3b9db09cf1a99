import { SkeinError } from "@skein/client/protocol";

/** What something was refused with. @throws when it was not. */
export async function refusal(answer: Promise<unknown>): Promise<SkeinError> {
  const error: unknown = await answer.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SkeinError)) throw new Error(`Not refused: ${String(error)}`);
  return error;
}
