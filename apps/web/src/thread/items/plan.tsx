import type { PlanEntity } from "@skein/client";
import { classNames } from "../../ui/class-names.ts";
import { Capped } from "../lib/capped.tsx";
import { EntryMark } from "../lib/entry-mark.tsx";
import { visible } from "../../ui/visible-text.tsx";

/** A plan of more steps is capped: about as many have room. */
const MAX_STEPS = 14;

/** A plan as a checklist with a count; the present step in accent. `whole`: it has all the room it takes. */
export function Plan({ plan, whole = false }: { plan: PlanEntity; whole?: boolean }) {
  const done = plan.entries.filter(({ status }) => status === "completed").length;
  const present = plan.entries.findIndex(({ status }) => status === "in_progress");
  const steps = (
    <ol className="space-y-1">
      {plan.entries.map(({ content, status }, index) => (
        <li
          key={index}
          data-present={index === present || undefined}
          className={classNames(
            "flex gap-2",
            status === "in_progress" ? "font-medium text-accent" : status === "completed" ? "text-ink-3" : "text-ink-1",
          )}
        >
          <EntryMark status={status} className="mt-0.5" />
          <span dir="auto" className="min-w-0 break-words">
            {visible(content, { words: true })}
          </span>
        </li>
      ))}
    </ol>
  );
  return (
    <div role="group" aria-label={`Plan, ${done} of ${plan.entries.length} done`} className="py-2">
      <p className="mb-1 text-small text-ink-3">
        Plan <span className="tabular-nums">{`${done}/${plan.entries.length}`}</span>
      </p>
      {whole || plan.entries.length <= MAX_STEPS ? (
        steps
      ) : (
        <Capped label="Steps" version={`${present} ${plan.entries.length}`}>
          {steps}
        </Capped>
      )}
    </div>
  );
}
