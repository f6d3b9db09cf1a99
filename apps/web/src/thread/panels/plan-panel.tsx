import { useItem, useTimeline } from "@skein/client/react";
import { Plan } from "../items/plan.tsx";

/** The newest plan of the thread. */
export function PlanPanel({ id }: { id: string }) {
  const { items } = useTimeline(id);
  const newest = items.findLast(({ kind }) => kind === "plan");
  const plan = useItem(id, "plan", newest?.id ?? "");
  return plan ? <Plan plan={plan} whole /> : <p className="text-small text-ink-2">The agent has made no plan yet.</p>;
}
