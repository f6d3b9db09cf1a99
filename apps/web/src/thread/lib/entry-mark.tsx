import { Check } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";

/** What has become of a step or task, as a mark of 16 px with a name: done, at work, or still to do. */
export function EntryMark({ status, className = "" }: { status: string; className?: string }) {
  const [name, mark] =
    status === "completed"
      ? ["Done", <Check key="" size={12} aria-hidden className="text-good" />]
      : status === "in_progress"
        ? ["Now", <span key="" className="size-1.5 rounded-full bg-accent" />]
        : ["To do", null];
  return (
    <span
      role="img"
      aria-label={name}
      className={classNames(
        "inline-grid size-4 shrink-0 place-items-center rounded-[4px] border",
        status === "in_progress" ? "border-accent" : "border-line-strong",
        className,
      )}
    >
      {mark}
    </span>
  );
}
