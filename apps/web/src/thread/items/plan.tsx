import type { PlanEntity } from "@skein/client";
import { Check } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";

/** A plan as a checklist with a count; the present step in accent. */
export function Plan({ plan, heading = true }: { plan: PlanEntity; heading?: boolean }) {
  const done = plan.entries.filter(({ status }) => status === "completed").length;
  return (
    <div role="group" aria-label={`Plan, ${done} of ${plan.entries.length} done`} className="py-2">
      {heading && (
        <p className="mb-1 text-small text-ink-3">
          Plan <span className="tabular-nums">{`${done}/${plan.entries.length}`}</span>
        </p>
      )}
      <ol className="space-y-1">
        {plan.entries.map(({ content, status }, index) => (
          <li
            key={index}
            className={classNames(
              "flex gap-2",
              status === "in_progress"
                ? "font-medium text-accent"
                : status === "completed"
                  ? "text-ink-3"
                  : "text-ink-1",
            )}
          >
            <EntryMark status={status} />
            <span className="min-w-0 break-words">{content}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function EntryMark({ status }: { status: string }) {
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
        "mt-0.5 grid size-4 shrink-0 place-items-center rounded-[4px] border",
        status === "in_progress" ? "border-accent" : "border-line-strong",
      )}
    >
      {mark}
    </span>
  );
}
