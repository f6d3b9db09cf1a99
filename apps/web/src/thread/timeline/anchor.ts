import { offsetOf } from "./row-focus.ts";
import type { Row } from "./rows.ts";
import type { Anchor } from "./view-state.ts";

/** What is to be shown: focused, or where `top` says it stood when the thread was left. */
export type Sought = { readonly item: string; readonly top?: number };

/** The row one reads at: the first of which something is in view and that bears an item. */
export function anchorIn(scroller: HTMLElement, rows: readonly Row[]): Anchor | null {
  const drawn = [...scroller.querySelectorAll<HTMLElement>("[data-row]")].find(
    (each) => each.dataset["row"]?.startsWith("footer ") === false && offsetOf(each, scroller) + each.offsetHeight > 1,
  );
  const row = drawn && rows.find(({ key }) => key === drawn.dataset["row"]);
  if (drawn === undefined || row === undefined || row.type === "footer") return null;
  const item = row.type === "fold" ? row.ids.at(-1) : row.id;
  return item === undefined ? null : { item, top: offsetOf(drawn, scroller) };
}
