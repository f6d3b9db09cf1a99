import type { ThreadEntity } from "@skein/client";
import { PanelRight } from "lucide-react";
import { useState } from "react";
import { useLayout } from "../../lib/use-media.ts";
import { AgentGlyph } from "../../ui/agent-glyph.tsx";
import { IconButton } from "../../ui/button.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { Switches } from "./switches.tsx";
import { ThreadMenu } from "./thread-menu.tsx";
import { ThreadTitle } from "./thread-title.tsx";
import { Usage } from "./usage.tsx";

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
  if (layout === "narrow") {
    return (
      <>
        <StatusMark status={thread.status} />
        <div className="min-w-0 flex-1">
          {title}
          <p className="truncate text-left font-mono text-meta text-ink-3" dir="rtl" title={thread.cwd}>
            <bdi>{thread.cwd}</bdi>
          </p>
        </div>
        {tools}
      </>
    );
  }
  return (
    <>
      <StatusMark status={thread.status} />
      <div className="flex min-w-0 flex-1 items-baseline gap-3">
        {title}
        {!editing && (
          <p className="min-w-0 flex-1 truncate font-mono text-meta text-ink-3" title={thread.cwd}>
            {thread.cwd}
          </p>
        )}
      </div>
      <div className="flex shrink-0 items-center gap-1">
        <span className="mr-1 flex items-center gap-1.5 text-small text-ink-2">
          <AgentGlyph name={thread.agent} />
          {thread.agent}
        </span>
        <Switches id={id} thread={thread} side="bottom" />
      </div>
      <Usage usage={thread.usage} />
      {tools}
    </>
  );
}
