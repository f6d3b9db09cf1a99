import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef, useState, type ReactNode, type RefObject } from "react";
import { LayerPalette } from "../../app/layer-palette.tsx";
import { IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { LayerContext, useLayer } from "../../ui/layer.tsx";

/** Something large over the whole page: a picture, a diff. */
export function Viewer({
  title,
  tools,
  open,
  onClose,
  hasAddress = false,
  scroller,
  flush = false,
  children,
}: {
  title: ReactNode;
  /** What stands beside the way out. */
  tools?: ReactNode;
  open: boolean;
  onClose: () => void;
  /** It is there by the address, which "back" changes. */
  hasAddress?: boolean;
  /** Gets the element that scrolls. */
  scroller?: RefObject<HTMLDivElement | null>;
  /** Without room around the content. */
  flush?: boolean;
  children: ReactNode;
}) {
  const layer = useLayer(open, hasAddress ? null : onClose);
  // Focus begins where the content is, so that the arrow keys scroll it.
  const own = useRef<HTMLDivElement>(null);
  const body = scroller ?? own;
  // Where an address opened it, there is nothing that the focus came from.
  const [isFirst] = useState(() => document.activeElement === document.body);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup
          data-layer={layer}
          initialFocus={body}
          finalFocus={() => (isFirst ? document.getElementById("main") : true)}
          className="fixed inset-0 z-30 flex flex-col overflow-hidden bg-surface-2 pt-safe pb-safe outline-none transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 medium:inset-6 medium:rounded-panel medium:border medium:border-line medium:shadow-float"
        >
          <div className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line pr-2 pl-4">
            <Dialog.Title className="min-w-0 truncate text-body font-semibold">{title}</Dialog.Title>
            <div className="flex shrink-0 items-center gap-1">
              {tools}
              <Dialog.Close
                render={
                  <IconButton label="Close">
                    <X size={16} aria-hidden />
                  </IconButton>
                }
              />
            </div>
          </div>
          <div
            ref={body}
            tabIndex={0}
            data-scroller
            className={classNames("flex min-h-0 flex-1 flex-col overflow-auto outline-offset-[-2px]", !flush && "p-4")}
          >
            <LayerContext value={layer}>
              <LayerPalette />
              {children}
            </LayerContext>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
