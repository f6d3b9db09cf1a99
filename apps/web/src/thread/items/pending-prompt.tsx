import { isToSend, type PendingPrompt } from "@skein/client";
import { useOutbox } from "@skein/client/react";
import { Button } from "../../ui/button.tsx";
import { waitingWords } from "../../ui/waiting-mark.tsx";
import { useToPrompt } from "../thread-context.ts";
import { draftOfPrompt, putBack } from "../prompt/drafts.ts";
import { BlockList } from "./block-list.tsx";
import { PromptHead } from "./prompt-head.tsx";
import { PromptText } from "./prompt-message.tsx";

/** A prompt that was given and is not acknowledged yet: shown at once, and marked. */
export function PendingPromptView({ thread, prompt }: { thread: string; prompt: PendingPrompt }) {
  const { discard } = useOutbox();
  const toPrompt = useToPrompt();
  const takeable = isToSend(prompt);
  const takeBack = (): void => {
    if (!discard(prompt.key)) return;
    putBack(thread, draftOfPrompt(prompt));
    toPrompt();
  };
  return (
    <article aria-label="Prompt on its way" className="pt-5 pb-2" data-pending={prompt.state}>
      <PromptHead by={undefined}>
        <span role="status">{waitingWords(prompt)}</span>
        <span className="flex-1" />
        {takeable && (
          <Button size="small" variant="quiet" className="-my-3" onClick={takeBack}>
            Take back
          </Button>
        )}
      </PromptHead>
      <div className="opacity-75">
        <PromptText text={prompt.text}>
          <BlockList blocks={prompt.blocks} />
        </PromptText>
      </div>
    </article>
  );
}
