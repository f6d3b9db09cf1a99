import { usePendingPrompts, useThread } from "@skein/client/react";
import { BlockList } from "../items/block-list.tsx";
import { PendingPromptView } from "../items/pending-prompt.tsx";
import { PromptHead } from "../items/prompt-head.tsx";
import { PromptText } from "../items/prompt-message.tsx";

/** What stands below the last item: prompts on their way, and the one for which the agent is being started. */
export function TimelineEnd({ thread: id, empty }: { thread: string; empty: boolean }) {
  const prompts = usePendingPrompts(id);
  const { thread, running, queue } = useThread(id);
  const [next] = queue;
  const starting = running === undefined && next && thread?.status === "queued" ? next : null;
  return (
    <div className="mx-auto w-full max-w-[calc(var(--measure)+2rem)] px-4 pb-8">
      {empty && prompts.length === 0 && starting === null && (
        <p className="pt-24 text-center text-ink-2">Nothing has been said yet. Write the first prompt below.</p>
      )}
      {starting && (
        <article aria-label="Prompt that is about to start" className="pt-5 pb-2">
          <PromptHead by={starting.value.by}>
            <span className="size-1.5 animate-breathe rounded-full bg-accent" aria-hidden />
            <span role="status">starting {thread?.agent}…</span>
          </PromptHead>
          <PromptText text={starting.value.prompt?.text ?? ""}>
            <BlockList blocks={starting.value.prompt?.blocks ?? []} />
          </PromptText>
        </article>
      )}
      {prompts.map((prompt) => (
        <PendingPromptView key={prompt.key} thread={id} prompt={prompt} />
      ))}
    </div>
  );
}
