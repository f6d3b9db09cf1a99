import { Dialog } from "@base-ui/react/dialog";
import { use, useRef, useState, type RefObject } from "react";
import { isComposing } from "../lib/composing.ts";
import { part, type Meantime } from "../ui/part.tsx";
import { LayerContext, useLayer } from "../ui/layer.tsx";
import { useActions } from "./actions.tsx";
import { LoadFailure } from "./load-boundary.tsx";

export type PaletteContentProps = {
  /** Whether it lies over a layer: what is done on the page below that would be done out of sight, and is not offered. */
  overLayer: boolean;
  /** What is typed. */
  text: string;
  onText: (text: string) => void;
  /** Whether the palette has been given the focus: what takes the place of its field then has to take it over. */
  hasFocus: RefObject<boolean>;
  /** Whether Enter was pressed before there was anything to choose: it chooses what comes first, once that is known. */
  entered: RefObject<boolean>;
  onClose: () => void;
};

/** Its field and what can be chosen. */
export const PaletteContent = part(() => import("./palette-content.tsx"), EarlyField, "stays");

/** The looks of its field, loaded or not. */
export const PALETTE_FIELD = {
  dir: "auto",
  className: "h-12 shrink-0 border-b border-line bg-transparent px-4 text-body outline-none",
  placeholder: "Go to a thread, or do something…",
};

/** Threads, what can be done on the page that is open, and settings, by typing some letters of their names. */
export function Palette({ onClose }: { onClose: () => void }) {
  const overLayer = use(LayerContext) !== null;
  const layer = useLayer(true, onClose);
  const [text, setText] = useState("");
  const popup = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const entered = useRef(false);
  // Whoever opens it types on: by itself the dialog would give the focus a frame later, and those letters were lost.
  const focusField = (): HTMLElement | true => {
    const field = popup.current?.querySelector("input");
    field?.focus();
    hasFocus.current = true;
    return field ?? true;
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop forceRender className="fixed inset-0 z-30 bg-veil" />
        <Dialog.Popup
          ref={popup}
          initialFocus={focusField}
          aria-label="Commands"
          data-layer={layer}
          className="fixed inset-x-3 top-[max(12px,env(safe-area-inset-top),8vh)] z-30 mx-auto max-w-140 overflow-hidden rounded-panel border border-line bg-floating shadow-float outline-none max-medium:top-[max(12px,env(safe-area-inset-top))]"
        >
          <LayerContext value={layer}>
            <CloseByKey onClose={onClose} />
          </LayerContext>
          <PaletteContent
            overLayer={overLayer}
            text={text}
            onText={setText}
            hasFocus={hasFocus}
            entered={entered}
            onClose={onClose}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The key that opens it closes it. */
function CloseByKey({ onClose }: { onClose: () => void }) {
  useActions([{ name: "palette", run: onClose }]);
  return null;
}

/** Takes what is typed before the rest is loaded, and where that fails: let go, it would be the page's keys. */
function EarlyField({ text, onText, entered, failure }: PaletteContentProps & Meantime) {
  return (
    <div className="flex flex-col">
      <input
        aria-label="Commands"
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={({ key, repeat, nativeEvent }) => {
          if (repeat || isComposing(nativeEvent)) return;
          entered.current = key === "Enter" && text.trim() !== "";
        }}
        {...PALETTE_FIELD}
      />
      {failure === null ? (
        <p role="status" className="p-4 text-body text-ink-2">
          Loading…
        </p>
      ) : (
        <div className="p-3">
          <LoadFailure error={failure} />
        </div>
      )}
    </div>
  );
}
