import { useEffect, type RefObject } from "react";

/** One observer for all boxes, which come and go with their rows. */
let observer: ResizeObserver | undefined;
const looks = new WeakMap<Element, () => void>();

function observe(element: Element, look: () => void): () => void {
  observer ??= new ResizeObserver((entries) => {
    for (const { target } of entries) looks.get(target)?.();
  });
  looks.set(element, look);
  observer.observe(element);
  return () => observer?.unobserve(element);
}

/**
 * Makes a box a stop for Tab while it holds more than it shows, and so is scrolled by keys. Told by its own size and its
 * first child's, after the browser has laid them out. Nothing is drawn for it: while text streams, a frame has one commit.
 */
export function useTabStop(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = ref.current;
    if (box === null) return undefined;
    const look = (): void => {
      const overflows = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      if (overflows && !box.hasAttribute("tabindex")) box.tabIndex = 0;
      else if (!overflows) box.removeAttribute("tabindex");
    };
    const child = box.firstElementChild;
    const stops = [observe(box, look), ...(child === null ? [] : [observe(child, look)])];
    return () => {
      for (const stop of stops) stop();
    };
  }, [ref]);
}
