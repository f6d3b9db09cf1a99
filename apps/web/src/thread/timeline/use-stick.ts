import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

/** This near to the end, in pixels, one is at it. */
const NEAR = 24;
/** By then what a wheel or finger did has been scrolled, in milliseconds. */
const PULL_MS = 250;

type Stick = {
  /** Whether the end is in sight and is to stay so. */
  atEnd: boolean;
  /** Goes to the end and stays there. */
  toEnd: () => void;
  /** The view begins to move for a reason of its own: the end is left. */
  leave: () => void;
  /** It has moved: whether the end is in sight is looked at anew. */
  arrive: () => void;
};

/**
 * Keeps a growing list at its end until the reader moves away from it: by the wheel, a finger, keys or the scroll bar.
 * Back at the end, it stays there again. What grows while one reads back moves nothing.
 * @param content What grows in the scroller; its first child is the list that draws only what is in sight.
 * @param initial Whether it begins at its end.
 */
export function useStick(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  initial: boolean,
): Stick {
  const [atEnd, setAtEnd] = useState(initial);
  const stuck = useRef(initial);
  const moving = useRef(!initial);
  const last = useRef({ top: 0, height: 0, frame: 0 });

  const become = useCallback((next: boolean): void => {
    stuck.current = next;
    setAtEnd(next);
  }, []);

  const settle = useCallback((): void => {
    const box = scroller.current;
    if (box === null) return;
    // What shrinks, as a fold that is closed, can bring the end into sight where nothing is left to scroll.
    if (!stuck.current && !moving.current && isNearEnd(box)) become(true);
    if (!stuck.current) return;
    box.scrollTop = box.scrollHeight;
    last.current = { top: box.scrollTop, height: box.scrollHeight, frame: box.clientHeight };
  }, [scroller, become]);

  useEffect(() => {
    const [box, list] = [scroller.current, content.current];
    if (box === null || list === null) return;
    const observer = new ResizeObserver(settle);
    observer.observe(box);
    observer.observe(list);
    const scrolled = (event: Event): void => {
      const { scrollTop: top, scrollHeight: height, clientHeight } = box;
      // What shrinks moves the view up as well, and so does what is beside it and grows: only a move within the same heights
      // is the reader's.
      const movedUp =
        top < last.current.top - 2 && height >= last.current.height - 2 && clientHeight === last.current.frame;
      const settled = stuck.current && top === last.current.top;
      last.current = { top, height, frame: clientHeight };
      if (height - top - clientHeight >= NEAR) {
        if (movedUp) become(false);
      } else if (!moving.current && !movedUp) become(true);
      // The end was followed, and the list is not in sight: it need not think about what it would draw.
      const drawn = list.firstElementChild?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY;
      if (settled && drawn < box.getBoundingClientRect().top) event.stopImmediatePropagation();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    // The reader pulls: nothing holds against it, and whether it moved anything shows in a moment.
    const pull = (): void => {
      moving.current = false;
      stuck.current = false;
      clearTimeout(timer);
      timer = setTimeout(() => become(isNearEnd(box)), PULL_MS);
    };
    let touchY = 0;
    const wheel = (event: WheelEvent): void => {
      if (event.deltaY < 0) pull();
    };
    const touch = (event: TouchEvent): void => {
      const y = event.touches[0]?.clientY ?? 0;
      if (event.type === "touchmove" && y > touchY + 4) pull();
      touchY = y;
    };
    const passive = { passive: true };
    box.addEventListener("scroll", scrolled, { passive: true, capture: true });
    box.addEventListener("wheel", wheel, passive);
    box.addEventListener("touchstart", touch, passive);
    box.addEventListener("touchmove", touch, passive);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      box.removeEventListener("scroll", scrolled, { capture: true });
      box.removeEventListener("wheel", wheel);
      box.removeEventListener("touchstart", touch);
      box.removeEventListener("touchmove", touch);
    };
  }, [scroller, content, settle, become]);

  const toEnd = useCallback((): void => {
    moving.current = false;
    become(true);
    settle();
  }, [become, settle]);
  const leave = useCallback((): void => {
    moving.current = true;
    become(false);
  }, [become]);
  const arrive = useCallback((): void => {
    moving.current = false;
    if (scroller.current && isNearEnd(scroller.current)) become(true);
  }, [scroller, become]);
  return { atEnd, toEnd, leave, arrive };
}

const isNearEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean =>
  scrollHeight - scrollTop - clientHeight < NEAR;
