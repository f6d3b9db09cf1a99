/** A row that did not come after so many jumps is given up: counted, not timed, because a slow device draws few frames. */
const MOST_JUMPS = 40;
/** Times in milliseconds: between two jumps, and until a row that stands still has been reached. */
const AGAIN_MS = 100;
const STILL_MS = 300;
/** Whoever does one of these wants to be elsewhere. */
const OWN_WAY = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** Where a row is to be: in view and focused, or at a distance below the upper edge, in pixels. */
export type Goal = "focus" | { readonly top: number };

/**
 * Brings a row to its goal: at once where it is drawn. A jump into what was never drawn, and so never measured, takes the
 * list several attempts: it is over once the row has stood still, or the reader does something else.
 * @param jump Goes to where the row should be; called again while it is not there.
 * @param done Called once, at the end, also when the row never came.
 * @returns Gives up, where it is not over yet.
 */
export function goToRow(
  scroller: HTMLElement,
  key: string,
  goal: Goal,
  jump: () => void,
  done: () => void,
): () => void {
  let jumped = performance.now();
  let jumps = 1;
  let thereSince: number | null = null;
  let frame = 0;
  let over = false;

  const end = (): void => {
    if (over) return;
    over = true;
    cancelAnimationFrame(frame);
    for (const type of OWN_WAY) document.removeEventListener(type, end, { capture: true });
    done();
  };
  const look = (): void => {
    const now = performance.now();
    const row = rowElement(scroller, key);
    if (row === null || !isThere(row)) thereSince = null;
    else {
      if (goal === "focus") keepFocus(row, thereSince === null);
      thereSince ??= now;
    }
    if (thereSince !== null && now - thereSince >= STILL_MS) return end();
    if (thereSince === null && now - jumped >= AGAIN_MS) {
      if (jumps === MOST_JUMPS) return end();
      jumped = now;
      jumps++;
      jump();
    }
    frame = requestAnimationFrame(look);
  };
  const isThere = (row: HTMLElement): boolean => {
    if (goal === "focus") return isInView(row, scroller);
    const before = scroller.scrollTop;
    const off = offsetOf(row, scroller) - goal.top;
    if (Math.abs(off) <= 1) return true;
    scroller.scrollTop = before + off;
    // At either end there is no more to scroll.
    return scroller.scrollTop === before;
  };

  for (const type of OWN_WAY) document.addEventListener(type, end, { capture: true, passive: true });
  jump();
  look();
  return end;
}

/** Focuses a row that came into view; drawn anew while the list finds its place, it loses the focus to the page. */
function keepFocus(row: HTMLElement, first: boolean): void {
  const isLost = document.activeElement === document.body || document.activeElement === null;
  if ((first || isLost) && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
}

/** How far below the scroller's upper edge a row begins, in pixels. */
export const offsetOf = (row: HTMLElement, scroller: HTMLElement): number =>
  row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;

function isInView(row: HTMLElement, scroller: HTMLElement): boolean {
  const [inner, outer] = [row.getBoundingClientRect(), scroller.getBoundingClientRect()];
  return inner.top < outer.bottom - 8 && inner.bottom > outer.top + 8;
}

/** The row with that key, where it is drawn. */
export const rowElement = (scroller: HTMLElement | null, key: string): HTMLElement | null =>
  scroller?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? null;

/** The key of the row that holds the focus; `null` when none does. */
export function rowOfFocus(scroller: HTMLElement | null): string | null {
  const row = document.activeElement?.closest<HTMLElement>("[data-row]");
  return row && scroller?.contains(row) ? (row.dataset["row"] ?? null) : null;
}

/** The key of the first row that begins within the view. */
export function firstRowInSight(scroller: HTMLElement | null): string | null {
  if (scroller === null) return null;
  const { top } = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll<HTMLElement>("[data-row]")];
  return rows.find((row) => row.offsetHeight > 0 && row.getBoundingClientRect().top >= top)?.dataset["row"] ?? null;
}
