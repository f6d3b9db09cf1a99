import type { MessageEntity } from "@skein/client";
import { ChevronRight } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";
import { duration } from "../lib/words.ts";
import { useNow } from "../lib/use-now.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { useOpen } from "../timeline/view-state.ts";
import { ItemBar } from "./item-bar.tsx";

/** What the agent thought: one line, which opens in place. */
export function Thought({ id, message }: { id: string; message: MessageEntity }) {
  const [open, setOpen] = useOpen(id);
  const streaming = message.status === "streaming";
  const now = useNow(streaming);
  const took = (message.endedAt ?? Math.max(now, message.startedAt)) - message.startedAt;
  const words = streaming ? "Thinking" : took < 1000 ? "Thought" : `Thought for ${duration(took)}`;
  return (
    <div className="group/item py-0.5">
      <div className="flex items-center">
        <button
          type="button"
          data-toggle
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="-ml-2 flex h-8 min-w-0 items-center gap-1.5 rounded-control px-2 text-small text-ink-3 hover:bg-surface-3 hover:text-ink-2 pointer-coarse:h-11"
        >
          <ChevronRight
            size={14}
            aria-hidden
            className={classNames("shrink-0 transition-transform", open && "rotate-90")}
          />
          {streaming && <span aria-hidden className="size-1.5 shrink-0 animate-breathe rounded-full bg-accent" />}
          <span className="shrink-0">{words}</span>
          {streaming && took >= 1000 && <span className="shrink-0 tabular-nums">{duration(took)}</span>}
        </button>
        <span className="flex-1" />
        {open && <ItemBar id={id} copy={() => message.text} />}
      </div>
      {open && (
        <div className="mt-1 mb-2 border-l border-line pl-4 text-ink-2" data-status={message.status}>
          <Markdown text={message.text} streaming={streaming} />
        </div>
      )}
    </div>
  );
}
