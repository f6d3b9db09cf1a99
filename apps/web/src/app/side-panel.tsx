import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import { useLostFocus } from "../lib/lost-focus.ts";
import type { Layout } from "../lib/use-media.ts";
import { IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { LayerContext, useLayer } from "../ui/layer.tsx";
import { LayerPalette } from "./layer-palette.tsx";

/** 360 px beside the page where it is wide; from the right edge over it on medium; a sheet from below on narrow. */
export function SidePanel({
  title,
  open,
  onClose,
  layout,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  layout: Layout;
  children: ReactNode;
}) {
  const popup = useRef<HTMLDivElement>(null);
  /** Where whoever opened it was, and is again when it goes. */
  const from = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (open) from.current = document.activeElement;
  }, [open]);
  const lostFocus = useLostFocus(() => {
    const back = from.current instanceof HTMLElement && from.current.isConnected && from.current !== document.body;
    (back ? (from.current as HTMLElement) : document.getElementById("main"))?.focus();
  });
  const layer = useLayer(open && layout !== "wide", onClose);
  const closeButton = (
    <IconButton label="Close panel" onClick={onClose}>
      <X size={16} aria-hidden />
    </IconButton>
  );
  if (layout === "wide") {
    return (
      open && (
        <aside
          aria-label={title}
          {...lostFocus}
          className="flex h-full w-(--panel-width) shrink-0 flex-col border-l border-line bg-surface-1"
        >
          <div className="flex h-12 shrink-0 items-center justify-between border-b border-line pr-2 pl-4">
            <h2 className="text-body font-semibold">{title}</h2>
            {closeButton}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </aside>
      )
    );
  }
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-veil transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup
          ref={popup}
          initialFocus={popup}
          tabIndex={-1}
          data-layer={layer}
          className={classNames(
            "fixed z-20 flex flex-col bg-surface-1 shadow-float outline-none transition duration-150 ease-out data-[ending-style]:opacity-0 data-[starting-style]:opacity-0",
            layout === "medium"
              ? "inset-y-0 right-0 w-(--panel-width) max-w-full border-l border-line pt-safe data-[ending-style]:translate-x-4 data-[starting-style]:translate-x-4"
              : "inset-x-0 bottom-(--keyboard-height) h-[min(80dvh,calc(var(--app-height)-3rem))] rounded-t-panel border-t border-line pb-safe data-[ending-style]:translate-y-4 data-[starting-style]:translate-y-4",
          )}
        >
          <div className="flex h-12 shrink-0 items-center justify-between border-b border-line pr-2 pl-4">
            <Dialog.Title className="text-body font-semibold">{title}</Dialog.Title>
            {closeButton}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
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
