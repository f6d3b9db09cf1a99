/**
 * Focuses a row once it is drawn, which after a jump takes a frame or two.
 * @param block Where it is brought to in the view; `null`: it is there already.
 */
export function focusRow(
  scroller: HTMLElement | null,
  key: string,
  block: "center" | "nearest" | null,
  tries = 10,
): void {
  const row = scroller?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
  if (row) {
    if (block !== null) row.scrollIntoView({ block });
    row.focus({ preventScroll: true });
  } else if (tries > 0) {
    requestAnimationFrame(() => focusRow(scroller, key, block, tries - 1));
  }
}

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
