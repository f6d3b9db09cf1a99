import { useState } from "react";
import { useActions } from "./actions.tsx";
import { LoadBoundary } from "./load-boundary.tsx";
import { Palette } from "./palette.tsx";

/** Within a layer, which has the keys to itself: its key opens the palette there too, over the layer. */
export function LayerPalette() {
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  useActions([{ name: "palette", run: () => setOpen(true) }]);
  return (
    <LoadBoundary key={String(open)} quiet onFailed={close}>
      {open && <Palette onClose={close} />}
    </LoadBoundary>
  );
}
