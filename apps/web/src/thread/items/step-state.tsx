import { Check, CircleDashed, X } from "lucide-react";

type State = "pending" | "in_progress" | "completed" | "failed" | "interrupted";

const WORDS: Record<State, string> = {
  pending: "Waiting",
  in_progress: "Running",
  completed: "Done",
  failed: "Failed",
  interrupted: "Interrupted",
};

/** A step's state as a mark of 14 px with a name: each has its own shape. */
export function StepState({ state }: { state: State }) {
  return (
    <span role="img" aria-label={WORDS[state]} title={WORDS[state]} className="grid size-4 shrink-0 place-items-center">
      {mark(state)}
    </span>
  );
}

function mark(state: State) {
  switch (state) {
    case "pending":
      return <span className="size-2 rounded-full border-[1.5px] border-ink-3" />;
    case "in_progress":
      return <span className="size-2 animate-breathe rounded-full bg-accent" />;
    case "completed":
      return <Check size={14} aria-hidden className="text-ink-3" />;
    case "failed":
      return <X size={14} aria-hidden className="text-fail" />;
    case "interrupted":
      return <CircleDashed size={14} aria-hidden className="text-ink-3" />;
    default:
      return state satisfies never;
  }
}
