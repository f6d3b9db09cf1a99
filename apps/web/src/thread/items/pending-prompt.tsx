import type { PendingPrompt } from "@skein/client";
import { isWaiting, useOutbox, type ConnectionState } from "@skein/client/react";
import { Button } from "../../ui/button.tsx";
import { useToPrompt } from "../thread-context.ts";
import { draftOfPrompt, putBack } from "../prompt/drafts.ts";
import { BlockList } from "./block-list.tsx";
import { PromptHead } from "./prompt-head.tsx";
import { PromptText } from "./prompt-message.tsx";

/** A prompt that was given and is not acknowledged yet: shown at once, and marked. */
export function PendingPromptView({
  thread,
  prompt,
  connection,
}: {
  thread: string;
  prompt: PendingPrompt;
  connection: ConnectionState;
}) {
  const { discard } = useOutbox();
  const toPrompt = useToPrompt();
  const takeable = prompt.state === "queued" || prompt.state === "delayed";
  const takeBack = (): void => {
    if (!discard(prompt.key)) return;
    putBack(thread, draftOfPrompt(prompt));
    toPrompt();
  };
  return (
    <article aria-label="Prompt on its way" className="pt-5 pb-2" data-pending={prompt.state}>
      <PromptHead by={undefined}>
        <span role="status">{said(prompt, connection)}</span>
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

function said(prompt: PendingPrompt, connection: ConnectionState): string {
  if (prompt.state === "delayed") return `sent again soon: ${prompt.error?.message ?? "the server is busy"}`;
  return connection === "offline" && isWaiting(prompt, connection) ? "sent once the server is back" : "sending…";
}
