/** Focuses a row once it is drawn, which after a jump takes a frame or two. */
export function focusRow(scroller: HTMLElement | null, key: string, tries = 10): void {
  const row = scroller?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);
  if (row) row.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, key, tries - 1));
}

/** The key of the row that holds the focus; `null` when none does. */
export function rowOfFocus(scroller: HTMLElement | null): string | null {
  const row = document.activeElement?.closest<HTMLElement>("[data-row]");
  return row && scroller?.contains(row) ? (row.dataset["row"] ?? null) : null;
}
