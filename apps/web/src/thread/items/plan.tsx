import type { PlanEntity } from "@skein/client";
import { classNames } from "../../ui/class-names.ts";
import { EntryMark } from "../lib/entry-mark.tsx";

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
            <EntryMark status={status} className="mt-0.5" />
            <span className="min-w-0 break-words">{content}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
