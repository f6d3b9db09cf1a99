import type { AgentOffers } from "@skein/client";
import type { Ref } from "react";
import { AttachButton } from "../thread/prompt/attach-button.tsx";
import { PromptField, type PromptFieldHandle } from "../thread/prompt/prompt-field.tsx";
import type { WrittenDraft } from "../thread/prompt/use-draft.ts";

/** Where a new thread's first prompt is written, as in a thread. */
export function FirstPrompt({
  draft,
  directory,
  commands = [],
  autoFocus,
  onEnter,
  ref,
}: {
  draft: WrittenDraft;
  /** Where the thread is to be, as it was typed. */
  directory: string;
  /** The agent's, as it told them last. */
  commands?: AgentOffers["commands"];
  autoFocus: boolean;
  onEnter: () => void;
  ref: Ref<PromptFieldHandle>;
}) {
  return (
    <div>
      <span aria-hidden className="mb-1 block text-small font-medium text-ink-2">
        First prompt
      </span>
      <div className="relative rounded-panel border border-line-strong bg-surface-2 transition-colors focus-within:border-accent hover:border-ink-3 focus-within:hover:border-accent">
        <PromptField
          ref={ref}
          draft={draft}
          place={{ directory }}
          commands={commands}
          label="First prompt"
          placeholder={
            commands.length > 0
              ? "What is to be done? / for commands, @ for files"
              : "What is to be done? @ names files"
          }
          rows={4}
          autoFocus={autoFocus}
          list="below"
          onEnter={onEnter}
        />
        <div className="flex items-center gap-2 px-1.5 pb-1.5">
          <AttachButton onFiles={draft.attach} />
          {draft.fault !== null && (
            <span role="status" className="text-meta text-fail">
              {draft.fault}
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
