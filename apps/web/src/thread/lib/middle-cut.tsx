import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** A file's name up to this length stays whole. */
const MAX_NAME = 40;

/** A path or command on one line: when it does not fit, its middle gives way, and its end, which says most, stays. */
export function MiddleCut({ text, className = "" }: { text: string; className?: string }) {
  const name = text.length - text.lastIndexOf("/");
  const tail = name <= MAX_NAME ? Math.min(name, text.length) : Math.min(24, Math.floor(text.length / 2));
  const cut = text.length - tail;
  return (
    <span dir="ltr" className={`flex min-w-0 overflow-hidden ${className}`} title={spelledOut(text, false)}>
      {/* Empty, it would set the line on which the rest stands. */}
      {cut > 0 && <span className="truncate whitespace-pre">{visible(text.slice(0, cut))}</span>}
      <span className="max-w-full shrink-0 truncate whitespace-pre">{visible(text.slice(cut))}</span>
    </span>
  );
}
