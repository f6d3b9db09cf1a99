import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { useTabStop } from "./use-tab-stop.ts";

/**
 * Content that takes 360 px at most until all of it is asked for. `follow` keeps its end in sight while it grows, until
 * the reader scrolls away from it.
 */
export function Capped({
  children,
  follow = false,
  className,
  label,
  version,
}: {
  children: ReactNode;
  follow?: boolean;
  className?: string;
  /** What it is, for screen readers. */
  label: string;
  /** Changes when the content does. */
  version: unknown;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const [all, setAll] = useState(false);
  const [cut, setCut] = useState(false);
  const atEnd = useRef(true);
  useTabStop(ref);
  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null) return;
    setCut(box.scrollHeight > box.clientHeight + 1);
    if (follow && atEnd.current) box.scrollTop = box.scrollHeight;
  }, [version, follow, all]);
  return (
    <div className={className}>
      <div
        ref={ref}
        role="group"
        aria-label={label}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
        }}
        className={classNames("overflow-auto overscroll-x-contain", all ? "" : "max-h-[360px]")}
      >
        <div>{children}</div>
      </div>
      {(cut || all) && (
        <div className="border-t border-line">
          <Button variant="quiet" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show less" : "Show all"}
          </Button>
        </div>
      )}
    </div>
  );
}
