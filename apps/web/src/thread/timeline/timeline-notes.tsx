import { ArrowDown } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";

/** The way back to the end. `inFlow`: below the timeline and not over it, where it would lie on a request's buttons. */
export function JumpToLatest({ inFlow, onPress }: { inFlow: boolean; onPress: () => void }) {
  return (
    <div
      className={classNames(
        "flex justify-center",
        inFlow ? "pt-1 pb-2" : "pointer-events-none absolute inset-x-0 bottom-3",
      )}
    >
      <Button
        size="small"
        className={inFlow ? undefined : "pointer-events-auto bg-floating! shadow-float"}
        onClick={onPress}
      >
        <ArrowDown size={14} aria-hidden />
        Jump to latest
      </Button>
    </div>
  );
}

/** Over the upper edge, while older items are awaited or when they did not come. */
export function OlderNote({ loading, error, onRetry }: { loading: boolean; error: Error | null; onRetry: () => void }) {
  if (error === null && !loading) return null;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-2 flex justify-center">
      <p
        role="status"
        className="pointer-events-auto flex items-center gap-2 rounded-control border border-line bg-floating px-3 py-1 text-meta text-ink-2 shadow-float"
      >
        {error === null ? "Loading older items…" : `Older items could not be loaded: ${error.message}`}
        {error !== null && (
          <Button size="small" variant="quiet" onClick={onRetry}>
            Try again
          </Button>
        )}
      </p>
    </div>
  );
}
