import type { PermissionEntity, ToolEntity } from "@skein/client";
import { useItem, usePermissions } from "@skein/client/react";
import { CircleQuestionMark, ShieldQuestionMark } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { changesOf } from "../diff/change.ts";
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
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/**
 * How long a request that took another's place can't be answered: a press by then was meant for the one before. Of a
 * double click no button of a request takes the second (`first-press.ts`); a key pressed twice is told by time alone.
 */
const UNREAD_MS = 600;

/**
 * Above the prompt box while the agent waits for somebody: the oldest request with what it is about and its buttons, and
 * how many more there are. One line only while its card can be answered where it stands, and where there is little height.
 */
export function RequestBar({ thread, onShow }: { thread: string; onShow: (id: string) => void }) {
  const { permissions, questions } = usePermissions(thread);
  const [permission, question] = [permissions[0], questions[0]];
  const more = permissions.length + questions.length - 1;
  const asked = permission ?? question;
  const [shown, setShown] = useState(asked?.id);
  const [before, setBefore] = useState<string>();
  if (shown !== asked?.id) {
    setBefore(shown);
    setShown(asked?.id);
  }
  if (permission && (!question || permission.value.pos <= question.value.pos)) {
    const title = plainTitle(permission.value.title);
    const tookPlace = before !== undefined;
    return (
      <Bar
        {...{ id: permission.id, title, permission: permission.value, more, tookPlace, onShow }}
        key={permission.id}
      />
    );
  }
  if (question === undefined) return null;
  const title = question.value.message;
  return <Bar key={question.id} id={question.id} title={title} more={more} tookPlace={false} onShow={onShow} />;
}

function Bar({
  id,
  title,
  permission,
  more,
  tookPlace,
  onShow,
}: {
  id: string;
  title: string;
  /** Absent for a question, which is answered in its card. */
  permission?: PermissionEntity;
  more: number;
  /** Whether another request stood here until now. */
  tookPlace: boolean;
  onShow: (id: string) => void;
}) {
  const tool = useItem(useThreadId(), "tool", permission?.tool ?? "");
  const [held, setHeld] = useState(tookPlace);
  useEffect(() => {
    if (!held) return;
    const timer = setTimeout(() => setHeld(false), UNREAD_MS);
    return () => clearTimeout(timer);
  }, [held]);
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
        "mb-2 flex items-center gap-x-2 low:mb-1 gap-y-2 rounded-panel border border-wait-line bg-wait-soft px-3",
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
        {title === command ? (
          <Command command={command} />
        ) : (
          <span dir="auto" className="truncate">
            {visible(title, { words: true })}
          </span>
        )}
        {more > 0 && <span className="shrink-0 font-normal text-ink-2">and {more} more</span>}
      </button>
      {tool && !short && title !== command && <Subject tool={tool} command={command} />}
      {permission === undefined ? (
        <Button onClick={() => onShow(id)}>Answer</Button>
      ) : short ? (
        <PermissionMenu id={id} permission={permission} held={held} />
      ) : (
        <div className="max-w-full min-w-0 max-medium:w-full">
          <PermissionButtons id={id} permission={permission} held={held} />
        </div>
      )}
    </section>
  );
}

function Command({ command }: { command: string }) {
  return (
    <code dir="ltr" className="min-w-0 truncate font-mono text-small font-normal" title={spelledOut(command, false)}>
      <span className="text-ink-3">$ </span>
      {visible(command)}
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
  const changes = changesOf(tool);
  const [first] = changes;
  if (first === undefined) return null;
  return (
    <>
      <div className={LINE}>
        <MiddleCut text={relativePath(first.path, cwd)} className="font-mono text-small text-ink-2" />
        {changes.length > 1 && <span className="shrink-0 text-meta text-ink-2">and {changes.length - 1} more</span>}
        <EditCount tool={tool} />
        <Button size="small" variant="quiet" aria-expanded={open} className="ml-auto" onClick={() => setOpen(!open)}>
          {open ? "Hide the changes" : "Show the changes"}
        </Button>
      </div>
      {open && (
        <div className={classNames(LINE, "max-h-[40dvh] flex-col overflow-y-auto *:w-full *:shrink-0")}>
          {changes.map((change, index) => (
            <DiffContent key={index} change={change} />
          ))}
        </div>
      )}
    </>
  );
}
