import type { Change } from "../diff/change.ts";
import { DiffBody } from "../diff/diff-body.tsx";
import { useDiff } from "../diff/use-diff.ts";
import { Counts } from "../items/edit-count.tsx";
import { useInView } from "./use-in-view.ts";

/** Lines added and removed by a change, counted once it comes into sight. */
export function ChangeCounts({ change }: { change: Change }) {
  const { ref, seen } = useInView<HTMLSpanElement>();
  return (
    <span ref={ref} className="shrink-0">
      {change.counts ? <Counts {...change.counts} /> : seen && <Counted change={change} />}
    </span>
  );
}

function Counted({ change }: { change: Change }) {
  const { shown } = useDiff(change);
  return (
    shown !== null && typeof shown === "object" && <Counts added={shown.diff.added} removed={shown.diff.removed} />
  );
}

/** A change's diff. Of a file that is new or gone there is one side only, and it gets all the room. */
export function ChangeDiff({ change, split = false }: { change: Change; split?: boolean }) {
  return <DiffBody change={change} state={useDiff(change)} split={split} />;
}
