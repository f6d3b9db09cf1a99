import { useRef, type RefObject } from "react";
import { useActions } from "../../app/actions.tsx";
import { focusOfEntry } from "../../app/router.tsx";
import { isCoarse } from "../../lib/coarse.ts";
import { draftOf } from "./drafts.ts";
import { EarlyDraft, type Early } from "./early-draft.tsx";

/** In place of a thread's prompt box until the thread is loaded. */
export function EarlyPrompt({ thread, early }: { thread: string; early: RefObject<Early> }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useActions([{ name: "prompt", run: () => field.current?.focus() }]);
  return (
    <EarlyDraft
      entry={draftOf(thread)}
      early={early}
      field={field}
      label="Prompt"
      placeholder="Write to the agent; / for commands, @ for files"
      autoFocus={focusOfEntry() === "prompt" && !isCoarse()}
    />
  );
}
