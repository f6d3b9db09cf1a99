import { useLayoutEffect, useRef, type ReactNode } from "react";

/**
 * Below the timeline: what waits for the person, and where they write. What floats over the page stays above it, by
 * `--foot-height`.
 */
export function Foot({ children }: { children: ReactNode }) {
  const foot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = foot;
    if (current === null) return undefined;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => style.setProperty("--foot-height", `${current.offsetHeight}px`));
    observer.observe(current);
    return () => {
      observer.disconnect();
      style.removeProperty("--foot-height");
    };
  }, []);
  return (
    <div
      ref={foot}
      data-foot
      className="@container/foot mx-auto w-full max-w-[calc(var(--measure)+2rem)] px-4 pb-3 max-medium:px-2 max-medium:pb-2 low:pb-1"
    >
      <div className="pb-safe">{children}</div>
    </div>
  );
}
