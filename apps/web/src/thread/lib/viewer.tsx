import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../ui/button.tsx";
import { LayerContext, useLayer } from "../../ui/layer.tsx";

/** Something large over the whole page: a picture, a diff. */
export function Viewer({
  title,
  open,
  onClose,
  children,
}: {
  title: ReactNode;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const layer = useLayer(open, onClose);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup
          data-layer={layer}
          className="fixed inset-0 z-30 flex flex-col overflow-hidden bg-surface-2 pt-safe pb-safe outline-none transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 medium:inset-6 medium:rounded-panel medium:border medium:border-line medium:shadow-float"
        >
          <div className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line pr-2 pl-4">
            <Dialog.Title className="min-w-0 truncate text-body font-semibold">{title}</Dialog.Title>
            <Dialog.Close
              render={
                <IconButton label="Close">
                  <X size={16} aria-hidden />
                </IconButton>
              }
            />
          </div>
          <div className="flex min-h-0 flex-1 flex-col overflow-auto p-4">
            <LayerContext value={layer}>{children}</LayerContext>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
