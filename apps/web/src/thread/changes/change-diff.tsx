import { DiffView } from "../diff/diff-view.tsx";
import { useDiff, type Change } from "../diff/use-diff.ts";
import { Counts } from "../items/edit-count.tsx";
import { useInView } from "./use-in-view.ts";

/** Lines added and removed by a change, counted once it comes into sight. */
export function ChangeCounts({ change }: { change: Change }) {
  const { ref, seen } = useInView<HTMLSpanElement>();
  return (
    <span ref={ref} className="shrink-0">
      {seen && <Counted change={change} />}
    </span>
  );
}

function Counted({ change }: { change: Change }) {
  const diff = useDiff(change, change);
  return diff && <Counts added={diff.added} removed={diff.removed} />;
}

/** A change's diff. Of a file that is new or gone there is one side only, and it gets all the room. */
export function ChangeDiff({ change, split = false }: { change: Change; split?: boolean }) {
  const diff = useDiff(change, change);
  return diff ? (
    <DiffView change={change} diff={diff} split={split && change.before !== null && change.after !== null} />
  ) : (
    <div className="skeleton m-3 h-16" />
  );
}
