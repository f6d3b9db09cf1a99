import { useThread } from "@skein/client/react";
import { ListOrdered } from "lucide-react";
import { plural } from "../lib/words.ts";

/** One line above the prompt box while something waits for its turn; a press shows the queue. */
export function QueueStrip({ thread: id, onShow }: { thread: string; onShow: () => void }) {
  const { queue, running, thread } = useThread(id);
  const paused = thread?.status === "interrupted";
  // The one that is about to start stands in the timeline.
  const waiting = running || paused ? queue : queue.slice(1);
  const [next] = waiting;
  if (next === undefined) return null;
  return (
    <button
      type="button"
      onClick={onShow}
      className="mb-2 flex h-8 w-full items-center gap-2 rounded-control border border-line bg-surface-1 px-3 text-small text-ink-2 hover:bg-surface-3 pointer-coarse:h-11"
    >
      <ListOrdered size={14} aria-hidden className="shrink-0 text-ink-3" />
      <span className="shrink-0">{plural(waiting.length, "prompt")} queued</span>
      <span dir="auto" className="min-w-0 truncate text-ink-3">
        {next.value.prompt?.text}
      </span>
    </button>
  );
}
