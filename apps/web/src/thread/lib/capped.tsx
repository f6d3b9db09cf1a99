import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { useTabStop } from "./use-tab-stop.ts";

/**
 * Content that takes 360 px at most, or what `height` says, until all of it is asked for. `follow` keeps its end in sight
 * while it grows, until the reader scrolls away from it. Of content that has a place to begin at, marked `data-present`,
 * that is in sight.
 */
export function Capped({
  children,
  follow = false,
  height = 360,
  className,
  label,
  version,
}: {
  children: ReactNode;
  follow?: boolean;
  /** In pixels. */
  height?: number;
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
    const present = box.querySelector("[data-present]");
    if (present === null) return;
    const [place, frame] = [present.getBoundingClientRect(), box.getBoundingClientRect()];
    if (place.bottom > frame.bottom) box.scrollTop += place.top - frame.top - box.clientHeight / 3;
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
        className="overflow-auto overscroll-x-contain"
        style={all ? undefined : { maxHeight: height }}
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
