import { useLayoutEffect, type RefObject } from "react";
import { isCoarse } from "../../lib/coarse.ts";
import { isComposing } from "../../lib/composing.ts";
import { useStored, type Entry } from "../../lib/device-storage.ts";
import type { Draft } from "./drafts.ts";

/** What came of it by the time the prompt box is there: nothing, the person is writing, or they have pressed Enter too. */
export type Early = "none" | "writing" | "entered";

/**
 * In place of a prompt box until that is there: whoever goes there to write begins at once, and goes on in the prompt box,
 * which has the same draft. Without it what is typed would be the page's keys.
 */
export function EarlyDraft({
  entry,
  early,
  label,
  placeholder,
  rows = 1,
  autoFocus = false,
  field,
}: {
  entry: Entry<Draft>;
  early: RefObject<Early>;
  label: string;
  placeholder: string;
  rows?: number;
  autoFocus?: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
}) {
  const [draft, setDraft] = useStored(entry);
  // Whoever has begun in another that stood here goes on in this one.
  useLayoutEffect(() => {
    if (!autoFocus && early.current === "none") return;
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [autoFocus, early, field]);
  return (
    <div className="rounded-panel border border-line-strong bg-surface-2 pb-11 focus-within:border-accent">
      <textarea
        dir="auto"
        ref={field}
        value={draft.text}
        rows={rows}
        aria-label={label}
        placeholder={placeholder}
        enterKeyHint="enter"
        onChange={({ target }) => {
          early.current = "writing";
          setDraft({ ...draft, text: target.value });
        }}
        onFocus={() => {
          if (early.current === "none") early.current = "writing";
        }}
        onBlur={() => {
          if (early.current === "writing") early.current = "none";
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || isComposing(event.nativeEvent) || isCoarse()) return;
          event.preventDefault();
          early.current = "entered";
        }}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-3 pb-1 text-body outline-none"
      />
    </div>
  );
}
