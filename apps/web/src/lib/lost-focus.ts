import { useEffect, useEffectEvent, useLayoutEffect, useRef, type FocusEvent, type RefObject } from "react";

/** The handlers go on the element whose focus is looked after. */
type LostFocus = { onFocus: (event: FocusEvent<HTMLElement>) => void; onBlur: () => void };

/**
 * Looks after the focus within a box: where what has it is taken away or disabled it would fall to the page, and with it
 * the place of whoever works by keys.
 * @param onLost Gives the focus to something else; told what had it.
 */
export function useLostFocus(onLost: (had: HTMLElement) => void): LostFocus {
  const had = useRef<HTMLElement | null>(null);
  const look = useEffectEvent((): void => {
    const lost = had.current;
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body;
    if (lost === null || !(isLost || (activeElement === lost && lost.matches(":disabled")))) return;
    had.current = null;
    onLost(lost);
  });
  // What goes with the box itself is seen when its component renders, what goes within it whoever draws that. Each time
  // the whole commit is over, so that what the focus goes to is there, and a box within a box has the first word.
  useLayoutEffect(() => {
    if (had.current !== null) queueMicrotask(() => look());
  });
  const within = useRef<MutationObserver | null>(null);
  useEffect(() => () => within.current?.disconnect(), []);
  return {
    onFocus({ target, currentTarget }) {
      had.current = target;
      within.current ??= new MutationObserver(() => queueMicrotask(() => look()));
      within.current.observe(currentTarget, {
        childList: true,
        subtree: true,
        attributeFilter: ["disabled"],
      });
    },
    // Told of a focus that goes elsewhere, not of an element that is taken away.
    onBlur() {
      had.current = null;
      within.current?.disconnect();
    },
  };
}

/**
 * The same for a list whose rows go, or whose buttons do: the focus stays with the row, else goes to the one in its place,
 * there to the button of the same name (`data-act`, else its label), or to the first.
 * @param onNone Gives the focus to something else when no row is left.
 */
export function useLostRowFocus(list: RefObject<HTMLElement | null>, onNone: () => void): LostFocus {
  const row = useRef<{ element: Element; at: number } | null>(null);
  const { onFocus, onBlur } = useLostFocus((had) => {
    const rows = [...(list.current?.children ?? [])];
    const { element, at } = row.current ?? { element: null, at: 0 };
    const here = rows.find((each) => each === element) ?? rows[Math.min(at, rows.length - 1)];
    const buttons = [...(here?.querySelectorAll<HTMLButtonElement>("button:enabled") ?? [])];
    const next = buttons.find((button) => nameOf(button) === nameOf(had)) ?? buttons[0];
    if (next) next.focus();
    else onNone();
  });
  return {
    onFocus(event) {
      const at = [...(list.current?.children ?? [])].findIndex((each) => each.contains(event.target));
      const element = list.current?.children[at];
      row.current = element ? { element, at } : null;
      onFocus(event);
    },
    onBlur,
  };
}

const nameOf = (button: HTMLElement): string | null => button.dataset["act"] ?? button.ariaLabel;
