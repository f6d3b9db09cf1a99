import { useSyncExternalStore } from "react";

/** The layouts of the app by width; the same bounds as `--breakpoint-*` in theme.css. */
export type Layout = "narrow" | "medium" | "wide";

const MEDIUM = "(min-width: 45rem)";
const WIDE = "(min-width: 68.75rem)";

function subscribe(listener: () => void): () => void {
  const queries = [matchMedia(MEDIUM), matchMedia(WIDE)];
  for (const query of queries) query.addEventListener("change", listener);
  return () => {
    for (const query of queries) query.removeEventListener("change", listener);
  };
}

const layout = (): Layout => (matchMedia(WIDE).matches ? "wide" : matchMedia(MEDIUM).matches ? "medium" : "narrow");

/** The layout that fits the window. For what CSS alone cannot say, e.g. which parts exist at all. */
export function useLayout(): Layout {
  return useSyncExternalStore(subscribe, layout);
}
