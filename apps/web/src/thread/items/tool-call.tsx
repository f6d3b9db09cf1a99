import type { ToolEntity } from "@skein/client";
import { usePermissionsOf } from "@skein/client/react";
import { duration } from "../lib/words.ts";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { useNow } from "../lib/use-now.ts";
import { useThreadDirectory, useThreadId } from "../thread-context.ts";
import { useOpen } from "../timeline/view-state.ts";
import { EditCount } from "./edit-count.tsx";
import { ItemBar } from "./item-bar.tsx";
import { ownTime } from "./own-time.ts";
import { StepRow } from "./step-row.tsx";
import { StepState } from "./step-state.tsx";
import { ToolBody, toolText } from "./tool-body.tsx";
import { ToolIcon } from "./tool-icon.tsx";
import { hasBody, toolWords } from "./tool-words.ts";
import { visible } from "../../ui/visible-text.tsx";

/** Shorter than this, in ms, a duration says nothing. */
const WORTH_SAYING_MS = 500;

/** One tool call: a row that opens. */
export function ToolCall({ id, tool }: { id: string; tool: ToolEntity }) {
  const cwd = useThreadDirectory();
  const [open, setOpen] = useOpen(id);
  const { title, detail, mono } = toolWords(tool, cwd);
  return (
    <StepRow
      icon={<ToolIcon kind={tool.kind} />}
      words={
        <>
          {mono ? (
            <MiddleCut text={title} className="font-mono text-ink-1" />
          ) : (
            <span
              dir="auto"
              className={detail === null ? "truncate text-ink-1" : "max-w-[60%] shrink-0 truncate text-ink-1"}
            >
              {visible(title, { words: true })}
            </span>
          )}
          {detail !== null && <MiddleCut text={detail} className="font-mono text-meta text-ink-3" />}
        </>
      }
      facts={
        <>
          <EditCount tool={tool} />
          <Time id={id} tool={tool} />
          <StepState state={tool.status} />
        </>
      }
      bar={<ItemBar id={id} copy={() => toolText(tool)} />}
      open={open}
      onToggle={setOpen}
    >
      {hasBody(tool) ? <ToolBody tool={tool} /> : undefined}
    </StepRow>
  );
}

/** How long it ran, or runs already; while somebody is waited for, no time is counted: it is the person's. */
function Time({ id, tool }: { id: string; tool: ToolEntity }) {
  const asked = usePermissionsOf(useThreadId(), id).map(({ value }) => value);
  const waits = tool.endedAt === undefined && asked.some(({ status }) => status === "pending");
  const runs = tool.status === "in_progress" && !waits;
  const now = useNow(runs);
  if (waits) return <span className="font-medium text-wait">waits for you</span>;
  if (!runs && tool.endedAt === undefined) return null;
  const ms = ownTime(tool, asked, now);
  return ms >= WORTH_SAYING_MS && <span>{duration(ms)}</span>;
}
