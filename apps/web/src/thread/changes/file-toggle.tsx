import { ChevronRight } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { ChangeCounts } from "./change-diff.tsx";
import { FileWord } from "./file-word.tsx";
import type { FileChanges } from "./net-changes.ts";

/** What became of a file on one line, which opens and folds its diff. */
export function FileToggle({
  file,
  path,
  open,
  onToggle,
  className = "",
}: {
  file: FileChanges;
  /** The path as it is said. */
  path: string;
  open: boolean;
  onToggle: () => void;
  /** How the path looks. */
  className?: string;
}) {
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className="flex h-full min-w-0 flex-1 items-center gap-1.5 rounded-control px-1.5 text-left text-small hover:text-ink-1"
    >
      <ChevronRight
        size={14}
        aria-hidden
        className={classNames("shrink-0 text-ink-3 transition-transform", open && "rotate-90")}
      />
      <MiddleCut text={path} className={`font-mono ${className}`} />
      <FileWord file={file} />
      <span className="flex-1" />
      {file.changes.map((change, index) => (
        <ChangeCounts key={index} change={change} />
      ))}
    </button>
  );
}
