import type { ToolEntity } from "@skein/client";
import { changesOf, isKept, type Change } from "../diff/change.ts";
import { useDiff } from "../diff/use-diff.ts";

/** Lines added and removed by an edit: `+12 −3`. Nothing is loaded for it. */
export function EditCount({ tool }: { tool: ToolEntity }) {
  return changesOf(tool).map((change, index) => {
    if (change.counts) return <Counts key={index} {...change.counts} />;
    return isKept(change.after) ? null : <OneCount key={index} change={change} />;
  });
}

function OneCount({ change }: { change: Change }) {
  const { shown } = useDiff(change);
  return (
    shown !== null && typeof shown === "object" && <Counts added={shown.diff.added} removed={shown.diff.removed} />
  );
}

export function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span
      className="inline-flex gap-1 font-mono text-meta"
      aria-label={`${added} lines added, ${removed} removed`}
      role="img"
    >
      {added > 0 && <span className="text-good">+{added}</span>}
      {removed > 0 && <span className="text-fail">−{removed}</span>}
    </span>
  );
}
