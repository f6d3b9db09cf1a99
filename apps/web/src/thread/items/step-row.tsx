import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../ui/class-names.ts";

/** The one line of a step, 32 px high, which opens what is in it. Without `children` there is nothing to open. */
export function StepRow({
  icon,
  words,
  facts,
  bar,
  open,
  onToggle,
  children,
}: {
  icon: ReactNode;
  words: ReactNode;
  /** What stands at the right: counts, state, duration. */
  facts: ReactNode;
  bar?: ReactNode;
  open: boolean;
  onToggle: (open: boolean) => void;
  children?: ReactNode;
}) {
  const line = (
    <>
      <span className="grid size-4 shrink-0 place-items-center text-ink-3">{icon}</span>
      <span className="flex min-w-0 flex-1 items-baseline gap-2 text-left">{words}</span>
      <span className="flex shrink-0 items-center gap-2 text-meta text-ink-3 tabular-nums">{facts}</span>
      {children !== undefined && (
        <ChevronRight
          size={14}
          aria-hidden
          className={classNames("shrink-0 text-ink-3 transition-transform", open && "rotate-90")}
        />
      )}
    </>
  );
  const look =
    "flex h-8 w-full min-w-0 items-center gap-2 rounded-control px-2 text-small text-ink-2 pointer-coarse:h-11";
  return (
    <div className="group/item relative">
      {children === undefined ? (
        <div className={look}>{line}</div>
      ) : (
        <button
          type="button"
          data-toggle
          aria-expanded={open}
          onClick={() => onToggle(!open)}
          className={classNames(look, "hover:bg-surface-3 hover:text-ink-1")}
        >
          {line}
        </button>
      )}
      {open && children !== undefined && (
        <div className="opened space-y-2 px-2 pt-1 pb-2">
          {children}
          {bar && <div className="-my-1 flex justify-end">{bar}</div>}
        </div>
      )}
    </div>
  );
}
