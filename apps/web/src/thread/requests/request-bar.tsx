import type { PermissionEntity, ToolEntity } from "@skein/client";
import { useItem, usePermissions } from "@skein/client/react";
import { CircleQuestionMark, ShieldQuestionMark } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { DiffContent } from "../items/diff-content.tsx";
import { EditCount } from "../items/edit-count.tsx";
import { commandOf, relativePath } from "../items/tool-words.ts";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { useLow } from "../lib/use-low.ts";
import { useThreadDirectory, useThreadId } from "../thread-context.ts";
import { useIsInSight } from "./answers-in-sight.ts";
import { PermissionButtons, PermissionMenu } from "./permission-buttons.tsx";
import { plainTitle } from "./permission-card.tsx";
import { useKeptFocus } from "./use-kept-focus.ts";

/**
 * Above the prompt box while the agent waits for somebody: the oldest request with what it is about and its buttons, and
 * how many more there are. One line only while its card can be answered where it stands, and where there is little height.
 */
export function RequestBar({ thread, onShow }: { thread: string; onShow: (id: string) => void }) {
  const { permissions, questions } = usePermissions(thread);
  const [permission, question] = [permissions[0], questions[0]];
  const more = permissions.length + questions.length - 1;
  if (permission && (!question || permission.value.pos <= question.value.pos)) {
    const title = plainTitle(permission.value.title);
    return <Bar {...{ id: permission.id, title, permission: permission.value, more, onShow }} key={permission.id} />;
  }
  if (question === undefined) return null;
  return <Bar key={question.id} id={question.id} title={question.value.message} more={more} onShow={onShow} />;
}

function Bar({
  id,
  title,
  permission,
  more,
  onShow,
}: {
  id: string;
  title: string;
  /** Absent for a question, which is answered in its card. */
  permission?: PermissionEntity;
  more: number;
  onShow: (id: string) => void;
}) {
  const tool = useItem(useThreadId(), "tool", permission?.tool ?? "");
  const [inSight, low] = [useIsInSight(id), useLow()];
  const short = inSight || low;
  const box = useRef<HTMLElement>(null);
  const keptFocus = useKeptFocus(box, short);
  const command = tool ? commandOf(tool) : null;
  const Icon = permission ? ShieldQuestionMark : CircleQuestionMark;
  return (
    <section
      ref={box}
      {...keptFocus}
      aria-label="The agent waits for you"
      data-request={id}
      className={classNames(
        "mb-2 flex items-center gap-x-2 gap-y-2 rounded-panel border border-wait-line bg-wait-soft px-3",
        short ? "py-1" : "flex-wrap py-2",
      )}
    >
      <Icon size={16} aria-hidden className="shrink-0 text-wait" />
      <button
        type="button"
        title="Show it in the timeline"
        data-request-title
        onClick={() => onShow(id)}
        className={classNames(
          "-mx-1 flex min-h-7 min-w-0 flex-1 items-center gap-1 rounded-control px-1 text-left text-small font-medium hover:underline",
          short && "pointer-coarse:min-h-11",
        )}
      >
        {title === command ? <Command command={command} /> : <span className="truncate">{title}</span>}
        {more > 0 && <span className="shrink-0 font-normal text-ink-2">and {more} more</span>}
      </button>
      {tool && !short && title !== command && <Subject tool={tool} command={command} />}
      {permission === undefined ? (
        <Button onClick={() => onShow(id)}>Answer</Button>
      ) : short ? (
        <PermissionMenu id={id} permission={permission} />
      ) : (
        <div className="max-medium:w-full">
          <PermissionButtons id={id} permission={permission} />
        </div>
      )}
    </section>
  );
}

function Command({ command }: { command: string }) {
  return (
    <code className="min-w-0 truncate font-mono text-small font-normal" title={command}>
      <span className="text-ink-3">$ </span>
      {command}
    </code>
  );
}

/** Below the title and, where there is room beside it, the buttons. */
const LINE = "flex w-full min-w-0 items-center gap-2 medium:order-last";

/** What the request is about, on a line of its own: the command, or the files with their diffs behind a fold. */
function Subject({ tool, command }: { tool: ToolEntity; command: string | null }) {
  const cwd = useThreadDirectory();
  const [open, setOpen] = useState(false);
  if (command !== null) {
    return (
      <div className={LINE}>
        <Command command={command} />
      </div>
    );
  }
  const diffs = tool.content.filter((each) => each.type === "diff");
  const [first] = diffs;
  if (first === undefined) return null;
  return (
    <>
      <div className={LINE}>
        <MiddleCut text={relativePath(first.path, cwd)} className="font-mono text-small text-ink-2" />
        {diffs.length > 1 && <span className="shrink-0 text-meta text-ink-2">and {diffs.length - 1} more</span>}
        <EditCount tool={tool} />
        <Button size="small" variant="quiet" aria-expanded={open} className="ml-auto" onClick={() => setOpen(!open)}>
          {open ? "Hide the changes" : "Show the changes"}
        </Button>
      </div>
      {open && (
        <div className={classNames(LINE, "max-h-[40dvh] flex-col overflow-y-auto *:w-full *:shrink-0")}>
          {diffs.map((diff, index) => (
            <DiffContent key={index} content={diff} />
          ))}
        </div>
      )}
    </>
  );
}
