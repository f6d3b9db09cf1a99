import { CopyButton } from "../lib/copy-button.tsx";
import { visible } from "../../ui/visible-text.tsx";

/** A command as one would type it in a terminal. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex items-start gap-2 rounded-control border border-line bg-surface-1 py-0.5 pr-0.5 pl-3">
      <code
        dir="ltr"
        data-command
        className="min-w-0 flex-1 py-1 font-mono text-small break-words whitespace-pre-wrap text-ink-1 pointer-coarse:py-3"
      >
        <span className="text-ink-3 select-none">$ </span>
        {visible(command)}
      </code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
