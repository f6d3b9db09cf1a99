import { toast, Toaster } from "sonner";
import { useLayout } from "../lib/use-media.ts";

/** Below the header; where there is little height, over it rather than over what waits for the person. */
const BELOW_HEADER = "calc(env(safe-area-inset-top) + min(4rem, 12dvh))";
const ABOVE_FOOT = "calc(var(--foot-height, 0px) + 16px)";

/**
 * Where toasts appear, never over what one writes in or answers: in a corner, above the foot of a thread; on narrow
 * screens below the header.
 */
export function Toasts() {
  const narrow = useLayout() === "narrow";
  const offset = narrow ? { top: BELOW_HEADER, left: 12, right: 12 } : { bottom: ABOVE_FOOT, right: 16 };
  return (
    <Toaster
      position={narrow ? "top-center" : "bottom-right"}
      offset={offset}
      mobileOffset={offset}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-panel border border-line bg-floating px-4 py-3 text-body text-ink-1 shadow-float font-sans",
          content: "min-w-0 flex-1",
          title: "font-medium",
          description: "text-small text-ink-2",
          error: "border-fail-line",
          icon: "hidden",
          actionButton:
            "shrink-0 rounded-control border border-line-strong px-2 h-7 text-small font-medium hover:bg-surface-3 pointer-coarse:h-11",
        },
      }}
    />
  );
}

/** Says in passing that something was done, with a way to undo it where there is one. */
export function say(text: string, undo?: { label?: string; run: () => void }): void {
  toast(text, undo ? { action: { label: undo.label ?? "Undo", onClick: undo.run }, duration: 8000 } : {});
}

/** Says that something the person asked for was not done, and why, with a way to ask anew where there is one. */
export function sayFailed(what: string, error: unknown, again?: { label: string; run: () => void }): void {
  const description = error instanceof Error ? error.message : String(error);
  const action = again ? { action: { label: again.label, onClick: again.run } } : {};
  toast.error(what, { description, duration: 10_000, ...action });
}

/** Takes all that was said away, and with it what could be done about it. */
export const unsayAll = (): void => void toast.dismiss();
