import { useEffect, useRef, type RefObject } from "react";
import { useActions } from "../../app/actions.tsx";
import { focusOfEntry } from "../../app/router.tsx";
import { isCoarse } from "../../lib/coarse.ts";
import { useStored } from "../../lib/device-storage.ts";
import { draftOf } from "./drafts.ts";

/** What came of it by the time the thread is there: nothing, the person is writing, or they have pressed Enter too. */
export type Early = "none" | "writing" | "entered";

/**
 * In place of the prompt box until the thread is loaded: whoever goes there to write begins at once, and goes on in the
 * prompt box, which has the same draft. Without it what is typed would be the page's keys.
 */
export function EarlyPrompt({ thread, early }: { thread: string; early: RefObject<Early> }) {
  const [draft, setDraft] = useStored(draftOf(thread));
  const field = useRef<HTMLTextAreaElement>(null);
  useActions([{ name: "prompt", run: () => field.current?.focus() }]);
  useEffect(() => {
    if (focusOfEntry() === "prompt" && !isCoarse()) field.current?.focus();
  }, []);
  return (
    <div className="rounded-panel border border-line-strong bg-surface-2 pb-11 focus-within:border-accent">
      <textarea
        ref={field}
        value={draft.text}
        rows={1}
        aria-label="Prompt"
        placeholder="Write to the agent; / for commands, @ for files"
        enterKeyHint="enter"
        onChange={({ target }) => {
          early.current = "writing";
          setDraft({ ...draft, text: target.value });
        }}
        onFocus={() => (early.current = "writing")}
        onBlur={() => {
          if (early.current === "writing") early.current = "none";
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isCoarse()) return;
          event.preventDefault();
          early.current = "entered";
        }}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-3 pb-1 text-body outline-none"
      />
    </div>
  );
}
