/** What a page is watched by while it is measured. Runs in the page before anything of the app does. */
export function probes(): void {
  const found = {
    firstRow: 0,
    longest: 0,
    longTasks: 0,
    frames: 0,
    commits: 0,
    most: 0,
    blank: 0,
    probing: false,
  };
  (window as unknown as { found: typeof found }).found = found;

  let inFrame = 0;
  // React tells a developer tool, if there is one, of every commit.
  (window as unknown as Record<string, unknown>)["__REACT_DEVTOOLS_GLOBAL_HOOK__"] = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => {
      found.commits++;
      inFrame++;
    },
    onCommitFiberUnmount: () => {},
    onPostCommitFiberRoot: () => {},
    checkDCE: () => {},
  };

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      found.longTasks++;
      found.longest = Math.max(found.longest, duration);
    }
  }).observe({ entryTypes: ["longtask"] });

  /** Whether something of the thread is seen at three heights of the timeline. */
  const isBlank = (): boolean => {
    const box = document.querySelector("[data-timeline]")?.getBoundingClientRect();
    if (box === undefined) return false;
    const heights = [0.2, 0.5, 0.8].map((part) => box.top + box.height * part);
    return heights.some((y) => {
      const there = document.elementFromPoint(box.left + box.width / 2, y);
      return there?.closest("[data-row]") == null && there?.closest("[data-timeline]") != null && inGap(y);
    });
  };
  /** Rows stand close together: farther than this from any, in pixels, there is a hole. */
  const inGap = (y: number): boolean =>
    [...document.querySelectorAll("[data-row]")].every((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return y < top - 40 || y > bottom + 40;
    });

  const frame = (): void => {
    found.frames++;
    found.most = Math.max(found.most, inFrame);
    inFrame = 0;
    if (found.firstRow === 0 && document.querySelector("[data-row]")) found.firstRow = performance.now();
    if (found.probing && isBlank()) found.blank++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

export type Found = {
  firstRow: number;
  longest: number;
  longTasks: number;
  frames: number;
  commits: number;
  most: number;
  blank: number;
  probing: boolean;
};
