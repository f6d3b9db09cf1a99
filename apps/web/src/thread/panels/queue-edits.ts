import { useThread } from "@skein/client/react";
import { stored } from "../../lib/device-storage.ts";
import { say } from "../../ui/toasts.tsx";
import { unfinished, useOver, write, writtenFor } from "../lib/unfinished.ts";
import { putBack } from "../prompt/drafts.ts";

/** What is being written in queued prompts, by their turns. */
const EDITS = unfinished("edits", (value): value is string => typeof value === "string");

/** What is being written in a queued prompt; `null` where nobody changes it. */
export const editOf = (thread: string, turn: string): string | null => writtenFor(EDITS, thread, turn);

/** Keeps what is being written in a queued prompt, over a reload too; `null` forgets it. */
export const keepEdit = (thread: string, turn: string, text: string | null): void => write(EDITS, thread, turn, text);

/** Whether somebody has begun to change a queued prompt of a thread. */
export const isEdited = (thread: string): boolean => stored(EDITS).some((each) => each.thread === thread);

/** Puts what was written in a queued prompt into the prompt box, and says so. */
export function rescueEdit(thread: string, text: string): void {
  putBack(thread, { text, attached: [] });
  say("What you wrote in the queue stands in the prompt box.");
}

/**
 * What is written in a queued prompt goes into the prompt box where it has no field any more: its turn has started or was
 * dropped, or the queue is not shown.
 */
export function useRescuedEdits(thread: string, shown: boolean): void {
  const { status, queue } = useThread(thread);
  const waiting = status === "live" ? queue.map(({ id }) => id) : null;
  useOver(EDITS, thread, shown ? waiting : [], (text) => rescueEdit(thread, text));
}
