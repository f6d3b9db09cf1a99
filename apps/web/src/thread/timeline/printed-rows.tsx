import { useThread } from "@skein/client/react";
import { visible } from "../../ui/visible-text.tsx";
import { RowView } from "./row-view.tsx";
import type { Row } from "./rows.ts";

/** More rows than this are not printed: the browser would make its pages for minutes. */
export const MAX_PRINTED = 500;

/** What is drawn for paper alone: the title, what of the thread is not printed, and the rows that are only drawn in sight. */
export function PrintedRows({ thread: id, rows, whole }: { thread: string; rows: readonly Row[]; whole: boolean }) {
  const { thread } = useThread(id);
  return (
    <div data-printed className="hidden print:block">
      <h1 dir="auto" className="px-4 pb-2 text-heading font-semibold">
        {visible(thread?.title ?? "", { words: true })}
      </h1>
      {!whole && (
        <p className="px-4 pb-2 text-small text-ink-2">
          What was said before this is not on these pages. All of the thread is in the file that “Export as Markdown” in
          the thread's menu makes.
        </p>
      )}
      {rows.map((row) => (
        <RowView key={row.key} row={row} marked={false} />
      ))}
    </div>
  );
}
