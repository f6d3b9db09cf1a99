import { useContext, useEffect, useRef, useSyncExternalStore, type RefObject } from "react";
import { ViewContext } from "../timeline/view-state.ts";

/** For the buttons of a request's card: the view knows while all of them are in sight. */
export function useAnswersInSight(id: string): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  const view = useContext(ViewContext);
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver(
      ([entry]) => view.setInSight(id, entry !== undefined && entry.intersectionRatio > ALL),
      { threshold: [ALL, 1] },
    );
    observer.observe(ref.current);
    return () => {
      observer.disconnect();
      view.setInSight(id, false);
    };
  }, [id, view]);
  return ref;
}

/** The part of them that counts as all: edges fall between pixels. */
const ALL = 0.95;

/** Whether a request can be answered in its card, as things stand on the screen. */
export function useIsInSight(id: string): boolean {
  const view = useContext(ViewContext);
  return useSyncExternalStore(view.subscribe, () => view.isInSight(id));
}
