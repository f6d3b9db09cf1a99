import { SkeinError, type ThreadEntity } from "@skein/client/protocol";
import type { OpenOptions, Session } from "../agents/driver.ts";
import type { Drivers } from "./drivers.ts";
import type { Draft } from "./writer/draft.ts";
import { notice } from "./writer/notices.ts";
import { writeOpened } from "./writer/session-updates.ts";

/** Starts a thread's agent: goes on with the conversation it knows, or begins one. */
export async function openSession(
  drivers: Drivers,
  thread: ThreadEntity,
  handlers: Pick<OpenOptions, "emit" | "record"> & { signal: AbortSignal },
): Promise<Session> {
  const { driver, ...launch } = await drivers.find(thread);
  return driver.open({
    ...launch,
    cwd: thread.cwd,
    ...(thread.session === undefined ? {} : { resume: thread.session }),
    ...handlers,
  });
}

/** Writes what was learned at opening; says so when the agent does not remember. */
export function writeSession(draft: Draft, session: Session): void {
  const before = draft.state.thread.session;
  writeOpened(draft, session.id, session.opened);
  if (before !== undefined && !session.opened.resumed && draft.state.turn !== null) {
    notice(
      draft,
      "warning",
      "The agent could not go on with its earlier conversation: it does not remember what was said above.",
    );
  }
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any failure as one that can be answered. */
export function asSkeinError(error: unknown): SkeinError {
  return error instanceof SkeinError ? error : new SkeinError("internal", said(error), { cause: error });
}
