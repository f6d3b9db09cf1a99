import { useEffect, useRef, useState, type RefObject } from "react";

/** Content is made when it is so near below what is in sight, in pixels. */
const AHEAD = 800;

/**
 * Whether an element has come into sight, or near below it, once. Its scroller bears `data-scroller`; without one the
 * window counts.
 */
export function useInView<Part extends Element>(): { ref: RefObject<Part | null>; seen: boolean } {
  const ref = useRef<Part>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = ref;
    if (seen || current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      // Not above: what grows there would move what is read.
      { root: current.closest("[data-scroller]"), rootMargin: `0px 0px ${AHEAD}px 0px` },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [seen]);
  return { ref, seen };
}
