import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import { Keys } from "./keys.tsx";

/** Shares one delay among all tooltips within: the second opens at once. */
export const TooltipProvider = Base.Provider;

/** What a control is called or why it is disabled, on hover and focus. The child must take a ref and props. */
export function Tooltip({
  text,
  keys,
  side = "bottom",
  children,
}: {
  text: string;
  keys?: readonly string[];
  side?: "top" | "bottom" | "left" | "right";
  children: ReactElement;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="flex max-w-80 items-center gap-2 rounded-control border border-line bg-floating px-2 py-1 text-meta text-ink-1 shadow-float transition-opacity duration-150 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
            {text}
            {keys && <Keys keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
