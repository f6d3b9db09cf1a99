import { classNames } from "./class-names.ts";

export type ThreadStatus = "idle" | "queued" | "running" | "waiting" | "interrupted" | "archived";

/** The words for a thread's states, as they are said everywhere. */
export const STATUS_WORDS: Record<ThreadStatus, string> = {
  waiting: "Needs you",
  running: "Running",
  queued: "Queued",
  interrupted: "Interrupted",
  idle: "Idle",
  archived: "Archived",
};

/**
 * A thread's state as a mark of 16 px. Each has a shape of its own, so that none is told by its colour alone:
 * a filled diamond waits for a person, a breathing disc runs, a ring is queued, a dashed ring was interrupted.
 */
export function StatusMark({ status, className }: { status: ThreadStatus; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      role="img"
      aria-label={STATUS_WORDS[status]}
      className={classNames("size-4 shrink-0", className)}
    >
      {shapeOf(status)}
    </svg>
  );
}

function shapeOf(status: ThreadStatus) {
  switch (status) {
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
    case "idle":
      return <circle cx="8" cy="8" r="2" className="fill-ink-3" />;
    case "archived":
      return <path d="M4 8h8" className="stroke-ink-3" strokeWidth="1.5" strokeLinecap="round" />;
    default:
      return status satisfies never;
  }
}
