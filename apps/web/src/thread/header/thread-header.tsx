import type { ThreadEntity } from "@skein/client";
import { PanelRight } from "lucide-react";
import { useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { AgentGlyph } from "../../ui/agent-glyph.tsx";
import { IconButton } from "../../ui/button.tsx";
import { stateOf, StatusMark } from "../../ui/status-mark.tsx";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { pathTail } from "../lib/path-tail.ts";
import { Switches } from "./switches.tsx";
import { ThreadMenu } from "./thread-menu.tsx";
import { ThreadTitle, TitleMark } from "./thread-title.tsx";
import { Usage } from "./usage.tsx";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** As much of a path as stands beside the tools on a phone, in characters. */
const NARROW_PATH = 22;

/**
 * The page's column is 28 px wider than what the header has in it, 32 px wider than what the foot of the timeline has:
 * below 560 px of it the switches stand in the prompt box.
 */
const SWITCHES_IN_HEADER = "@max-[33.25rem]/header:hidden";
export const SWITCHES_IN_FOOT = "@min-[33rem]/foot:hidden";

/** Title, directory, agent with its switches, usage, and what else can be done. */
export function ThreadHeader({
  id,
  thread,
  panelOpen,
  onPanel,
}: {
  id: string;
  thread: ThreadEntity;
  panelOpen: boolean;
  onPanel: () => void;
}) {
  const layout = useLayout();
  const [editing, setEditing] = useState(false);
  const tools = (
    <>
      <ThreadMenu id={id} thread={thread} onRename={() => setEditing(true)} />
      <IconButton
        label={panelOpen ? "Close panel" : "Plan, changes, queue, details"}
        aria-pressed={panelOpen}
        onClick={onPanel}
      >
        <PanelRight size={16} aria-hidden />
      </IconButton>
    </>
  );
  const title = (
    <ThreadTitle
      id={id}
      title={thread.title}
      pressable={layout !== "narrow"}
      editing={editing}
      onEditing={setEditing}
    />
  );
  // What is idle is the usual: it needs no mark. What was interrupted has a notice above the prompt box.
  const state = stateOf(thread);
  const mark = state !== "idle" && state !== "interrupted" && <StatusMark state={state} />;
  if (layout === "narrow") {
    return (
      <>
        <div data-renaming={editing || undefined} className="min-w-0 flex-1">
          {title}
          {!editing && (
            // The marks stand below the title: beside it, and the connection's words, little of it would be left.
            <div className="flex items-center gap-1.5 low:hidden">
              {mark}
              <TitleMark id={id} />
              <p
                dir="ltr"
                className="min-w-0 truncate font-mono text-meta text-ink-3"
                title={spelledOut(thread.cwd, false)}
              >
                {visible(pathTail(thread.cwd, NARROW_PATH))}
              </p>
            </div>
          )}
        </div>
        {!editing && <div className="flex shrink-0">{tools}</div>}
      </>
    );
  }
  return (
    <>
      {mark}
      <div className="-ml-1.5 flex min-w-30 flex-1 items-center gap-1.5">
        {title}
        {!editing && (
          // It has what the title leaves of the width; where that is too little to tell anything, it is away.
          <div className="@container min-w-0 flex-1">
            <p className="pt-px font-mono text-meta text-ink-3 @max-[7rem]:hidden">
              <MiddleCut text={thread.cwd} />
            </p>
          </div>
        )}
      </div>
      {/* Where the panel leaves little room, what the details have too goes first; then the switches, to the prompt box. */}
      <div className="flex shrink-0 items-center gap-1">
        <span className="mr-1 flex items-center gap-1.5 text-small text-ink-2">
          <AgentGlyph name={thread.agent} />
          <span className="@max-[45.25rem]/header:sr-only">{thread.agent}</span>
        </span>
        <div className={`flex items-center gap-1 ${SWITCHES_IN_HEADER}`}>
          <Switches id={id} thread={thread} side="bottom" />
        </div>
      </div>
      <div className="shrink-0 @max-[40.25rem]/header:hidden">
        <Usage usage={thread.usage} />
      </div>
      {tools}
    </>
  );
}
