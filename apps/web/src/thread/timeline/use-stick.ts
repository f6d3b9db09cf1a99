import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

/** This near to the end, in pixels, one is at it. */
const NEAR = 24;

type Stick = {
  /** Whether the end is in sight and is to stay so. */
  atEnd: boolean;
  /** Goes to the end and stays there. */
  toEnd: () => void;
  /** The view moves for a reason of its own: the end is left. */
  leave: () => void;
};

/**
 * Keeps a growing list at its end until the reader moves away from it: by the wheel, a finger, keys or the scroll bar.
 * Back at the end, it stays there again. What grows while one reads back moves nothing.
 * @param content What grows in the scroller; its first child is the list that draws only what is in sight.
 */
export function useStick(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): Stick {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const last = useRef({ top: 0, height: 0 });

  const become = useCallback((next: boolean): void => {
    stuck.current = next;
    setAtEnd(next);
  }, []);

  const settle = useCallback((): void => {
    const box = scroller.current;
    if (box === null || !stuck.current) return;
    box.scrollTop = box.scrollHeight;
    last.current = { top: box.scrollTop, height: box.scrollHeight };
  }, [scroller]);

  useEffect(() => {
    const [box, list] = [scroller.current, content.current];
    if (box === null || list === null) return;
    const observer = new ResizeObserver(settle);
    observer.observe(box);
    observer.observe(list);
    const scrolled = (event: Event): void => {
      const { scrollTop: top, scrollHeight: height, clientHeight } = box;
      // What shrinks moves the view up as well: only a move within the same height is the reader's.
      const movedUp = top < last.current.top - 2 && height >= last.current.height - 2;
      const settled = stuck.current && top === last.current.top;
      last.current = { top, height };
      if (height - top - clientHeight < NEAR) become(true);
      else if (movedUp) become(false);
      // The end was followed, and the list is not in sight: it need not think about what it would draw.
      const drawn = list.firstElementChild?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY;
      if (settled && drawn < box.getBoundingClientRect().top) event.stopImmediatePropagation();
    };
    let touchY = 0;
    const wheel = (event: WheelEvent): void => {
      if (event.deltaY < 0 && box.scrollHeight > box.clientHeight) become(false);
    };
    const touch = (event: TouchEvent): void => {
      const y = event.touches[0]?.clientY ?? 0;
      if (event.type === "touchmove" && y > touchY + 4 && box.scrollHeight > box.clientHeight) become(false);
      touchY = y;
    };
    const passive = { passive: true };
    box.addEventListener("scroll", scrolled, { passive: true, capture: true });
    box.addEventListener("wheel", wheel, passive);
    box.addEventListener("touchstart", touch, passive);
    box.addEventListener("touchmove", touch, passive);
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", scrolled, { capture: true });
      box.removeEventListener("wheel", wheel);
      box.removeEventListener("touchstart", touch);
      box.removeEventListener("touchmove", touch);
    };
  }, [scroller, content, settle, become]);

  const toEnd = useCallback((): void => {
    become(true);
    settle();
  }, [become, settle]);
  const leave = useCallback((): void => become(false), [become]);
  return { atEnd, toEnd, leave };
}
