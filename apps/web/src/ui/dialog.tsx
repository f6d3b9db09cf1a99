import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { IconButton } from "./button.tsx";
import { LayerContext, useLayer } from "./layer.tsx";

/**
 * A dialog over the page: in the middle where there is room, a sheet from the bottom edge on narrow screens.
 * Focus stays in it; Escape, a press outside and "back" close it, and focus goes back to where it was.
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
  wide = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  wide?: boolean;
}) {
  // Focus begins at the dialog itself, so that a screen reader says its name and no button seems pressed.
  const popup = useRef<HTMLDivElement>(null);
  const layer = useLayer(open, onClose);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-veil transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          ref={popup}
          initialFocus={popup}
          tabIndex={-1}
          data-layer={layer}
          className={classNames(
            "fixed z-30 flex max-h-[calc(var(--app-height)-3rem)] flex-col overflow-hidden border border-line bg-floating shadow-float outline-none transition duration-150 ease-out data-[ending-style]:opacity-0 data-[starting-style]:opacity-0",
            "inset-x-0 bottom-(--keyboard-height) rounded-t-panel pb-safe max-medium:data-[ending-style]:translate-y-4 max-medium:data-[starting-style]:translate-y-4",
            "medium:inset-x-auto medium:bottom-auto medium:top-[12vh] medium:left-1/2 medium:max-h-[76vh] medium:-translate-x-1/2 medium:rounded-panel",
            wide ? "medium:w-[44rem]" : "medium:w-[30rem]",
            "medium:max-w-[calc(100vw-3rem)]",
          )}
        >
          <div className="flex h-12 shrink-0 items-center justify-between border-b border-line pr-2 pl-4">
            <Base.Title className="text-body font-semibold">{title}</Base.Title>
            <Base.Close
              render={
                <IconButton label="Close">
                  <X size={16} aria-hidden />
                </IconButton>
              }
            />
          </div>
          {/* Scrolls by keys too, where nothing in it takes the focus. */}
          <div tabIndex={0} className="min-h-0 overflow-y-auto p-4 outline-offset-[-2px]">
            <LayerContext value={layer}>{children}</LayerContext>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
