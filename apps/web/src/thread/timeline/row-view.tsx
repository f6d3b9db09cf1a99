import { ChevronRight } from "lucide-react";
import { memo } from "react";
import { Boundary } from "../../ui/boundary.tsx";
import { classNames } from "../../ui/class-names.ts";
import { TurnFooter } from "../items/turn-footer.tsx";
import { plural } from "../lib/words.ts";
import { ItemView } from "./item-view.tsx";
import type { Row } from "./rows.ts";
import { useOpen } from "./view-state.ts";

/** One row at the text's measure. It can be focused, by J and K or a link to it. */
export const RowView = memo(
  function RowView({ row, marked }: { row: Row; marked: boolean }) {
    return (
      <div
        role="article"
        tabIndex={-1}
        data-row={row.key}
        aria-label={labelOf(row)}
        className={classNames(
          "row mx-auto w-full max-w-[calc(var(--measure)+2rem)] px-4 outline-none",
          marked && "row-marked",
        )}
      >
        <Boundary what={`This ${labelOf(row).toLowerCase()}`}>{contentOf(row)}</Boundary>
      </div>
    );
  },
  (a, b) => a.marked === b.marked && sameRow(a.row, b.row),
);

function contentOf(row: Row) {
  switch (row.type) {
    case "item":
      return row.rail === "none" ? (
        <ItemView kind={row.kind} id={row.id} />
      ) : (
        <div className="rail" data-rail={row.rail}>
          <ItemView kind={row.kind} id={row.id} />
        </div>
      );
    case "fold":
      return <Fold row={row} />;
    case "footer":
      return <TurnFooter turn={row.turn} />;
    default:
      return row satisfies never;
  }
}

function Fold({ row }: { row: Extract<Row, { type: "fold" }> }) {
  const [open, setOpen] = useOpen(row.key);
  return (
    <div className="py-0.5">
      <button
        type="button"
        data-toggle
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ml-2 flex h-8 items-center gap-1.5 rounded-control px-2 text-small text-ink-3 hover:bg-surface-3 hover:text-ink-2 pointer-coarse:h-11"
      >
        <ChevronRight
          size={14}
          aria-hidden
          className={classNames("shrink-0 transition-transform", open && "rotate-90")}
        />
        {plural(row.steps, "step")}
        {row.failed > 0 && <span className="text-fail">{row.failed} failed</span>}
      </button>
    </div>
  );
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ["message", "Message"],
  ["tool", "Tool call"],
  ["plan", "Plan"],
  ["permission", "Permission request"],
  ["question", "Question"],
  ["terminal", "Terminal"],
  ["notice", "Notice"],
]);

function labelOf(row: Row): string {
  if (row.type === "fold") return plural(row.steps, "step");
  return row.type === "footer" ? "End of the turn" : (LABELS.get(row.kind) ?? row.kind);
}

function sameRow(a: Row, b: Row): boolean {
  if (a === b) return true;
  if (a.key !== b.key || a.type !== b.type) return false;
  if (a.type === "item" && b.type === "item") return a.kind === b.kind && a.rail === b.rail;
  if (a.type === "fold" && b.type === "fold") return a.open === b.open && a.steps === b.steps && a.failed === b.failed;
  return true;
}
