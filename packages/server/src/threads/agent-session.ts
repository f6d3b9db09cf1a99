import { SkeinError, type JsonObject, type ThreadEntity } from "@skein/client/protocol";
import type { Opened, OpenOptions, Session } from "../agents/driver.ts";
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
  const { driver, ...launch } = await drivers.find(thread.agent, thread.exec);
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

/** What a fresh agent took of the choices made before, and what it refused, in words. */
export type Restored = { mode?: string; options: { id: string; value: string | boolean }[]; refused: string[] };

/**
 * Gives a fresh agent the mode and the options that the thread had: which of them it keeps by itself differs, and one
 * that was put into a careful mode must not wake up in another.
 */
export async function restoreChoices(session: Session, before: ThreadEntity): Promise<Restored> {
  const restored: Restored = { options: [], refused: [] };
  const { mode, modes, config } = session.opened;
  const wanted = before.mode;
  if (wanted !== undefined && wanted !== mode && modes?.some((each) => each.id === wanted)) {
    try {
      await session.setMode(wanted);
      restored.mode = wanted;
    } catch (error) {
      restored.refused.push(`mode ${wanted}: ${said(error)}`);
    }
  }
  for (const option of changedOptions(before.config, config)) {
    try {
      await session.setConfig(option.id, option.value);
      restored.options.push(option);
    } catch (error) {
      restored.refused.push(`${option.id}: ${said(error)}`);
    }
  }
  return restored;
}

/** Writes what became of the choices made before. */
export function writeRestored(draft: Draft, { mode, options, refused }: Restored): void {
  if (mode !== undefined) draft.thread({ mode });
  for (const { id, value } of options) draft.thread({ config: withOption(draft.state.thread.config, id, value) });
  if (refused.length > 0)
    notice(draft, "warning", `The agent did not take what was chosen before: ${refused.join("; ")}`);
}

/** The options with one of them set. */
export function withOption(
  config: ThreadEntity["config"],
  option: string,
  value: string | boolean,
): NonNullable<ThreadEntity["config"]> {
  return (config ?? []).map((each) => (each["id"] === option ? { ...each, currentValue: value } : each));
}

function changedOptions(
  before: readonly JsonObject[] | undefined,
  now: Opened["config"],
): { id: string; value: string | boolean }[] {
  return (before ?? []).flatMap((option) => {
    const { id, currentValue: value } = option;
    const fresh = now?.find((each) => each["id"] === id);
    if (typeof id !== "string" || fresh === undefined || fresh["currentValue"] === value) return [];
    return typeof value === "string" || typeof value === "boolean" ? [{ id, value }] : [];
  });
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any failure as one that can be answered. */
export function asSkeinError(error: unknown): SkeinError {
  return error instanceof SkeinError ? error : new SkeinError("internal", said(error), { cause: error });
}
