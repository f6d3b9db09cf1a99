import { useEffect } from "react";
import { announce } from "./announcements.tsx";
import { pageTitle } from "./document-title.ts";
import { isTyping } from "./keyboard.ts";

/** How long a title must have been there to be told, in milliseconds: who types a search changes it. */
const SETTLES_MS = 400;

/** The page that is on show. The first one is told by the browser itself. */
let shown: string | null = null;
let moved = false;
let untold = false;
let telling: ReturnType<typeof setTimeout> | undefined;

/**
 * A page has come: its title is told to screen readers, and the focus goes to it, as with a page that the browser loads.
 * Whoever is typing, is at a button of the form they typed in, or is in a field that the page itself has put the focus
 * in, is left there.
 *
 * @param loading Whether the page's title is not known yet: it is told once it is.
 */
export function useArrival(loading: boolean): void {
  useEffect(() => {
    const arrived = shown !== null && shown !== location.pathname;
    shown = location.pathname;
    moved ||= arrived;
    const { activeElement } = document;
    // A page that was loading gives way to what was loaded, and takes the focus with it.
    const isLost = activeElement === null || activeElement === document.body;
    const main = document.getElementById("main");
    const stays = isTyping(activeElement) || activeElement?.closest("form") || main?.contains(activeElement);
    if (arrived ? !stays : moved && isLost) main?.focus({ preventScroll: true });
    if (!arrived) return;
    clearTimeout(telling);
    untold = true;
  }, []);
  useEffect(() => {
    if (loading || !untold) return;
    untold = false;
    telling = setTimeout(() => announce(pageTitle()), SETTLES_MS);
  }, [loading]);
}
