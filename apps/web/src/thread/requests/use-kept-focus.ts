import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from "react";

/** The handlers go on the element whose focus is kept. */
type KeptFocus = { onFocus: (event: FocusEvent) => void; onBlur: () => void };

/**
 * Keeps the focus in a box of answers whose buttons are others in another `shape`: it goes to the same answer, else to the
 * menu that holds it, else to the box's first button. Never to an answer that was not chosen: Enter would give it.
 */
export function useKeptFocus(box: RefObject<HTMLElement | null>, shape: unknown): KeptFocus {
  /** The option whose button has the focus, "" for another element of the box, `null` while the focus is elsewhere. */
  const had = useRef<string | null>(null);
  useLayoutEffect(() => {
    const option = had.current;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (option === null || !isLost) return;
    const found = (selector: string) => box.current?.querySelector<HTMLElement>(selector);
    (found(`[data-option="${CSS.escape(option)}"]`) ?? found("[data-other-answers]") ?? found("button"))?.focus();
  }, [box, shape]);
  return {
    onFocus: ({ target }) => {
      had.current = target.closest<HTMLElement>("[data-option]")?.dataset["option"] ?? "";
    },
    // Told of a focus that goes elsewhere, not of a button that is taken away.
    onBlur: () => void (had.current = null),
  };
}
