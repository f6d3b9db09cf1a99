import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";

/** A line above the prompt box about how the thread stands, with the one thing to do about it. */
export function Strip({
  label,
  action,
  pending = false,
  onAction,
  children,
}: {
  /** Names its region. */
  label: string;
  /** What the button says. */
  action: string;
  /** Whether what it does is under way. */
  pending?: boolean;
  onAction: () => void;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-panel border border-dashed border-line-strong bg-surface-1 px-3 py-2 text-small text-ink-2"
    >
      <p role="status" className="min-w-48 flex-1">
        {children}
      </p>
      {/* Of a double click only the first one: by the second the button may do something else. */}
      <Button size="small" pending={pending} onClick={({ detail }) => detail < 2 && onAction()}>
        {action}
      </Button>
    </section>
  );
}
