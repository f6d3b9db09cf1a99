import type { ToolContent, ToolEntity } from "@skein/client";
import { useDiff } from "../diff/use-diff.ts";

type DiffContent = Extract<ToolContent, { type: "diff" }>;

/** Lines added and removed by an edit: `+12 −3`. */
export function EditCount({ tool }: { tool: ToolEntity }) {
  const diffs = tool.content.filter((each) => each.type === "diff");
  return diffs.map((diff, index) => <OneCount key={index} content={diff} />);
}

function OneCount({ content }: { content: DiffContent }) {
  const diff = useDiff(content, changeOf(content));
  return diff && <Counts added={diff.added} removed={diff.removed} />;
}

/** A tool's diff as a change of a file. */
export const changeOf = ({ path, oldText, newText }: DiffContent) => ({
  path,
  before: oldText ?? null,
  after: newText,
});

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
