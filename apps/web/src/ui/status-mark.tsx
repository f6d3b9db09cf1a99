import { classNames } from "./class-names.ts";

/** What a thread is to be seen as: what it does, or that it rests after a failure. */
export type ThreadState = "idle" | "queued" | "running" | "waiting" | "interrupted" | "archived" | "failed";

/** The words for a thread's states, as they are said everywhere. */
export const STATE_WORDS: Record<ThreadState, string> = {
  waiting: "Needs you",
  running: "Running",
  queued: "Queued",
  interrupted: "Interrupted",
  failed: "Failed",
  idle: "Idle",
  archived: "Archived",
};

/** The state of a thread or its card: never one that hides that somebody waits, or that the last turn failed (P57). */
export function stateOf({
  status,
  waiting = 0,
  outcome,
}: {
  status: Exclude<ThreadState, "failed">;
  waiting?: number;
  outcome?: string | undefined;
}): ThreadState {
  if (status === "archived") return status;
  if (waiting > 0) return "waiting";
  return outcome === "failed" && (status === "idle" || status === "interrupted") ? "failed" : status;
}

/**
 * A thread's state as a mark of 16 px. Each has a shape of its own, so that none is told by its colour alone:
 * a filled diamond waits for a person, a breathing disc runs, a ring is queued, a dashed ring was
 * interrupted, a cross failed.
 */
export function StatusMark({ state, className }: { state: ThreadState; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      role="img"
      aria-label={STATE_WORDS[state]}
      className={classNames("size-4 shrink-0", className)}
    >
      {shapeOf(state)}
    </svg>
  );
}

function shapeOf(state: ThreadState) {
  switch (state) {
    case "waiting":
      return <path d="M8 2.2 13.8 8 8 13.8 2.2 8Z" className="fill-wait-mark" />;
    case "running":
      return <circle cx="8" cy="8" r="4" className="animate-breathe fill-accent" />;
    case "queued":
      return <circle cx="8" cy="8" r="3.5" className="fill-none stroke-accent" strokeWidth="1.5" />;
    case "interrupted":
      return (
        <circle cx="8" cy="8" r="4" className="fill-none stroke-ink-3" strokeWidth="1.5" strokeDasharray="2.1 2.1" />
      );
    case "failed":
      return <path d="m4.5 4.5 7 7m0-7-7 7" className="fill-none stroke-fail" strokeWidth="2" strokeLinecap="round" />;
    case "idle":
      return <circle cx="8" cy="8" r="2" className="fill-ink-3" />;
    case "archived":
      return <path d="M4 8h8" className="stroke-ink-3" strokeWidth="1.5" strokeLinecap="round" />;
    default:
      return state satisfies never;
  }
}
