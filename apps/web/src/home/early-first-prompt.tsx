import { useRef } from "react";
import { LoadFailure } from "../app/load-boundary.tsx";
import { EarlyDraft } from "../thread/prompt/early-draft.tsx";
import type { Meantime } from "../ui/part.tsx";
import { NEW_DRAFT } from "./new-draft.ts";
import type { NewThreadFormProps } from "./new-thread-page.tsx";

/** In place of the form for a new thread until that is loaded: its first prompt is begun at once. */
export function EarlyFirstPrompt({ autoFocus, early, failure }: NewThreadFormProps & Meantime) {
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <div className="space-y-4">
      {failure === null ? (
        <div role="status" aria-label="Loading" className="grid gap-4 medium:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          <div className="skeleton mt-6 h-8 pointer-coarse:h-11" />
          <div className="skeleton mt-6 h-8 pointer-coarse:h-11" />
        </div>
      ) : (
        <LoadFailure error={failure} />
      )}
      <div>
        <span aria-hidden className="mb-1 block text-small font-medium text-ink-2">
          First prompt
        </span>
        <EarlyDraft
          entry={NEW_DRAFT}
          early={early}
          field={field}
          label="First prompt"
          placeholder="What is to be done? @ names files"
          rows={4}
          autoFocus={autoFocus}
        />
      </div>
    </div>
  );
}
