import { Link2 } from "lucide-react";
import { threadPath } from "../../app/router.tsx";
import { CopyButton } from "../lib/copy-button.tsx";
import { useThreadId } from "../thread-context.ts";

/** What can be done with one item: copy it, copy a link to it. Shows on hover, focus and touch. */
export function ItemBar({ id, copy }: { id: string; copy?: () => string }) {
  const thread = useThreadId();
  return (
    <span className="item-bar flex items-center">
      {copy && <CopyButton text={copy} label="Copy" />}
      <CopyButton
        text={() => new URL(threadPath(thread, id), location.href).href}
        label="Copy link to this"
        icon={<Link2 size={14} aria-hidden />}
      />
    </span>
  );
}
