import { createContext, useEffect, useEffectEvent, useId, useState } from "react";
import { useCoarse } from "../lib/coarse.ts";
import { openLayer } from "../lib/layers.ts";

/** The layer that a component is in, by the `data-layer` of its element; `null` on the page itself. */
export const LayerContext = createContext<string | null>(null);

/**
 * Makes a dialog, sheet or viewer a layer over the page: "back" closes it, and of all keys only those hold that are
 * registered in it. Give the id to its element as `data-layer`, and to its content by `LayerContext`. One that has an
 * address of its own is closed by whoever reads that: `onClose` is `null`.
 */
export function useLayer(open: boolean, onClose: (() => void) | null): string {
  const id = useId();
  const close = useEffectEvent(() => onClose?.());
  const hasAddress = onClose === null;
  useEffect(() => (open ? openLayer(id, hasAddress ? null : () => close()) : undefined), [id, open, hasAddress]);
  return id;
}

/**
 * Whether a menu or a list of choices is open, for its root. Where fingers point it is a layer too: there "back" is at
 * hand to be rid of it. By mouse it takes no entry, which would cost what is "forward".
 */
export function useMenuOpen(): { open: boolean; onOpenChange: (open: boolean) => void } {
  const [open, onOpenChange] = useState(false);
  useLayer(useCoarse() && open, () => onOpenChange(false));
  return { open, onOpenChange };
}
