import type { Sought } from "./anchor.ts";
import { indexOfItem, type Row } from "./rows.ts";

/**
 * The last rows stand in the flow of the page, always drawn: what grows while an agent answers then moves nothing that
 * has to be measured, and costs one commit a frame. This many at first, and so many before the older of them move up.
 */
const TAIL = 20;
export const MAX_TAIL = 60;
export const KEPT = 8;

/** Where the tail begins: at the row of that key, else so that it has its usual length. */
export function splitOf(rows: readonly Row[], tailKey: string | null): number {
  const found = tailKey === null ? -1 : rows.findIndex(({ key }) => key === tailKey);
  return found >= 0 ? found : Math.max(0, rows.length - TAIL);
}

/** The key of the row at which the tail is to begin for what one comes back to; `null`: as usual. */
export function tailAt(rows: readonly Row[], sought: Sought | null): string | null {
  if (sought?.top === undefined) return null;
  const from = indexOfItem(rows, sought.item) - KEPT;
  return from > rows.length - MAX_TAIL ? (rows[Math.max(0, Math.min(from, rows.length - TAIL))]?.key ?? null) : null;
}
