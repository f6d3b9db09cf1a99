import { showsOnCard } from "@skein/client";
import { useBoard, useOutbox, type Card } from "@skein/client/react";
import { ChevronRight } from "lucide-react";
import { useId, useRef, useState, type ReactNode } from "react";
import { useLostFocus } from "../lib/lost-focus.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { useRoute } from "../app/router.tsx";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Empty, ErrorNote } from "../ui/states.tsx";
import { WaitingMark } from "../ui/waiting-mark.tsx";
import { ThreadRow } from "./thread-row.tsx";
import { isUnread, useSeen, useSeenFromNowOn } from "./unread.ts";

/** How many of a group show at first, and how many more at a time. */
const PAGE = 50;

/** A board's threads: what waits for a person first, then what runs, then the rest, the last changed first. */
export function ThreadGroups({ board, dense, whenEmpty }: { board: string; dense: boolean; whenEmpty?: ReactNode }) {
  const { status, error, cards, groups } = useBoard(board);
  useSeenFromNowOn();
  if (status === "gone") {
    return (
      <div className="p-3">
        <ErrorNote title="The threads cannot be shown">{error?.message}</ErrorNote>
      </div>
    );
  }
  if (status === "loading") return <AwaitingBoard />;
  const shown = cards.length - groups.archived.length;
  return (
    <div className={classNames("pb-3", dense ? "px-2" : "px-2 medium:px-3")}>
      {shown === 0 && (
        <Empty action={whenEmpty}>No threads yet. Start one: an agent works in a directory of yours.</Empty>
      )}
      <Group title="Needs you" cards={groups.needsYou} dense={dense} urgent />
      <Group title="Running" cards={groups.running} dense={dense} />
      <Group title="Recent" cards={groups.recent} dense={dense} />
      <Group title="Archived" cards={groups.archived} dense={dense} folded />
    </div>
  );
}

/** Of cards that are folded away, whether one stands among them as given. */
function GivenMark({ cards }: { cards: readonly Card[] }) {
  const { entries } = useOutbox();
  const given = entries.findLast(
    (command) => showsOnCard(command) && cards.some(({ id }) => id === command.params["thread"]),
  );
  return <WaitingMark of={given} />;
}

function Group({
  title,
  cards,
  dense,
  urgent = false,
  folded = false,
}: {
  title: string;
  cards: readonly Card[];
  dense: boolean;
  urgent?: boolean;
  folded?: boolean;
}) {
  const heading = useId();
  const seen = useSeen();
  const route = useRoute();
  const [open, setOpen] = useState(!folded);
  const [limit, setLimit] = useState(PAGE);
  const list = useRef<HTMLUListElement>(null);
  // Once there are no more to come, at the first that came.
  const lostFocus = useLostFocus(() => list.current?.children[limit - PAGE]?.querySelector("a")?.focus());
  if (cards.length === 0) return null;
  const rest = cards.length - limit;
  const words = classNames("text-meta font-medium", urgent ? "text-wait" : "text-ink-3");
  const count = <span className="font-normal text-ink-3 tabular-nums">{cards.length}</span>;
  return (
    <section aria-labelledby={heading} className="pt-3">
      <h2 id={heading} className={classNames("flex items-center gap-1.5 px-2 pb-1", !dense && "medium:px-3", words)}>
        {folded ? (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="flex items-center gap-1.5 rounded-control hover:text-ink-1 pointer-coarse:min-h-11"
          >
            <ChevronRight
              size={14}
              aria-hidden
              className={classNames("-ml-0.5 shrink-0 transition-transform", open && "rotate-90")}
            />
            {title} {count}
            {!open && <GivenMark cards={cards} />}
          </button>
        ) : (
          <>
            {title} {count}
          </>
        )}
      </h2>
      {open && (
        <ul ref={list} className="space-y-px">
          {cards.slice(0, limit).map((card) => (
            <ThreadRow
              key={card.id}
              card={card}
              dense={dense}
              unread={isUnread(card, seen)}
              selected={route.page === "thread" && route.thread === card.id}
            />
          ))}
        </ul>
      )}
      {open && rest > 0 && (
        <Button
          {...lostFocus}
          variant="quiet"
          size="small"
          className="mt-1 w-full"
          onClick={() => setLimit(limit + PAGE)}
        >
          {rest} more
        </Button>
      )}
    </section>
  );
}
