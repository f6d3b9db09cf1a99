import { usePermissions } from "@skein/client/react";
import { useEffect, useRef } from "react";

/**
 * Where the focus goes when a request that had it is answered and its buttons leave: to the next request in the bar above
 * the prompt box, or else to where `toPrompt` puts it. Who has gone elsewhere meanwhile is left there.
 */
export function useFocusAfterAnswer(thread: string, toPrompt: () => void): void {
  const { permissions, questions } = usePermissions(thread);
  const within = useRef<string | null>(null);
  useEffect(() => {
    const follow = ({ target }: Event): void => {
      if (target instanceof Element)
        within.current = target.closest<HTMLElement>("[data-request]")?.dataset["request"] ?? null;
    };
    document.addEventListener("focusin", follow);
    document.addEventListener("pointerdown", follow);
    return () => {
      document.removeEventListener("focusin", follow);
      document.removeEventListener("pointerdown", follow);
    };
  }, []);
  useEffect(() => {
    const had = within.current;
    if (had === null || [...permissions, ...questions].some(({ id }) => id === had)) return;
    within.current = null;
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    const next = document.querySelector<HTMLElement>("[data-request-title]");
    if (next) next.focus();
    else toPrompt();
  }, [permissions, questions, toPrompt]);
}
