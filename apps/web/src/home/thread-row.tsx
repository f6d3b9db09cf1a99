import { showsOnCard } from "@skein/client";
import { useGiven, type Card } from "@skein/client/react";
import { memo } from "react";
import { Link, threadPath } from "../app/router.tsx";
import { AgentGlyph } from "../ui/agent-glyph.tsx";
import { Boundary } from "../ui/boundary.tsx";
import { classNames } from "../ui/class-names.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { stateOf, StatusMark } from "../ui/status-mark.tsx";
import { WaitingMark } from "../ui/waiting-mark.tsx";
import { plainText } from "./plain-text.ts";
import { visible } from "../ui/visible-text.tsx";

/** A thread in a list: its state, its title, what was said last, and when. 52 px high, or 44 px when dense. */
export const ThreadRow = memo(function ThreadRow(props: Props) {
  const { id } = props.card;
  const fallback = (
    <li>
      <Link to={threadPath(id)} data-thread={id} className="flex h-11 items-center rounded-control px-2 text-small">
        This thread cannot be listed. Open it to see more.
      </Link>
    </li>
  );
  return (
    <Boundary what="This thread" fallback={fallback}>
      <CardRow {...props} />
    </Boundary>
  );
});

type Props = { card: Card; unread: boolean; selected: boolean; dense: boolean };

function CardRow({ card: { id, value }, unread, selected, dense }: Props) {
  const given = useGiven(id).findLast(showsOnCard);
  const { title, preview, agent, plan, status, updatedAt } = value;
  return (
    <li>
      <Link
        to={threadPath(id)}
        aria-current={selected ? "page" : undefined}
        data-thread={id}
        className={classNames(
          "flex items-start gap-2.5 rounded-control px-2 outline-offset-[-2px] transition-colors duration-120 select-none",
          dense ? "h-11 py-1 pointer-coarse:h-13 pointer-coarse:py-2" : "h-13 py-1.5 medium:px-3",
          selected ? "bg-surface-3" : "hover:bg-surface-3/60",
        )}
      >
        <StatusMark state={stateOf(value)} className="mt-0.5" />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="flex items-baseline gap-2">
            <span
              dir="auto"
              className={classNames("min-w-0 flex-1 truncate text-small", unread ? "font-semibold" : "font-medium")}
            >
              {visible(title, { words: true })}
            </span>
            <WaitingMark of={given} className="self-center" />
            {plan && plan.of > 0 && status !== "idle" && (
              <span className="shrink-0 text-meta text-ink-3 tabular-nums" title="Steps of the plan that are done">
                {plan.done}/{plan.of}
              </span>
            )}
            <RelativeTime at={updatedAt} className="shrink-0 text-meta text-ink-3 tabular-nums" />
          </span>
          <span className="flex items-center gap-1.5">
            <AgentGlyph name={agent} />
            <span dir="auto" className="min-w-0 flex-1 truncate text-meta text-ink-2">
              {visible(plainText(preview) || " ", { words: true })}
            </span>
            {unread && (
              <span className="size-2 shrink-0 rounded-full bg-accent-fill">
                <span className="sr-only">Unread</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}
