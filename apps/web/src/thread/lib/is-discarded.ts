import { SkeinError } from "@skein/client";

/** Whether a command's promise rejected because it was taken back on this device: nothing has failed. */
export const isDiscarded = (error: unknown): boolean =>
  error instanceof SkeinError &&
  error.kind === "conflict" &&
  (error.detail as { status?: unknown } | undefined)?.status === "discarded";
