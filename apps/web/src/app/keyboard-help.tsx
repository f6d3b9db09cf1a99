import { Dialog } from "../ui/dialog.tsx";
import { part } from "../ui/part.tsx";
import { LayerPalette } from "./layer-palette.tsx";

/** The list of keys, loaded when it is first shown. */
export const AllKeys = part(
  async () => ({ default: (await import("./key-list.tsx")).KeyList }),
  () => (
    <p role="status" className="text-body text-ink-2">
      Loading…
    </p>
  ),
);

/** All keys, wherever they hold. It is there at once, and so can be closed, whatever is still to be loaded. */
export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard" wide>
      <LayerPalette />
      <AllKeys />
    </Dialog>
  );
}
