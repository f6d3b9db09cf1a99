import type { PendingPrompt } from "@skein/client";
import { useOutbox } from "@skein/client/react";
import { Button } from "../../ui/button.tsx";
import { BlockList } from "./block-list.tsx";
import { PromptText } from "./prompt-message.tsx";

/** A prompt that was given and is not acknowledged yet: shown at once, and marked. */
export function PendingPromptView({ prompt, offline }: { prompt: PendingPrompt; offline: boolean }) {
  const { discard } = useOutbox();
  const takeable = prompt.state === "queued" || prompt.state === "delayed";
  return (
    <div className="pt-6 pb-2" data-pending={prompt.state}>
      <div className="mb-1 flex h-7 items-center gap-2 text-meta text-ink-3 pointer-coarse:h-11">
        <span className="font-medium text-ink-2">You</span>
        <span role="status">{said(prompt, offline)}</span>
        <span className="flex-1" />
        {takeable && (
          <Button size="small" variant="quiet" onClick={() => discard(prompt.key)}>
            Take back
          </Button>
        )}
      </div>
      <div className="opacity-75">
        <PromptText text={prompt.text}>
          <BlockList blocks={prompt.blocks} />
        </PromptText>
      </div>
    </div>
  );
}

function said({ state, error }: PendingPrompt, offline: boolean): string {
  switch (state) {
    case "queued":
      return offline ? "sent once the server is back" : "sending…";
    case "delayed":
      return `sent again soon: ${error?.message ?? "the server is busy"}`;
    case "sent":
    case "answered":
      return "sending…";
    default:
      return state satisfies never;
  }
}
