import type { TerminalEntity } from "@skein/client";
import { CopyButton } from "../lib/copy-button.tsx";
import { Capped } from "../lib/capped.tsx";
import { AnsiText } from "./ansi-text.tsx";
import { textShown } from "./text-shown.ts";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

/** A command's output as it comes, and how it ended. */
export function TerminalView({ terminal }: { terminal: TerminalEntity }) {
  const { output, omitted = 0, status } = terminal;
  const command = [terminal.command, ...terminal.args].join(" ");
  return (
    <figure className="overflow-hidden rounded-control border border-line bg-surface-1" data-terminal={status}>
      <figcaption className="flex h-8 items-center gap-2 border-b border-line pr-0.5 pl-3 font-mono text-meta text-ink-2 pointer-coarse:h-11">
        <span aria-hidden className="text-ink-3">
          $
        </span>
        <span dir="ltr" className="min-w-0 flex-1 truncate" title={spelledOut(command, false)}>
          {visible(commandLine(terminal))}
        </span>
        <ExitNote terminal={terminal} />
        <CopyButton text={() => textShown(output)} label="Copy output" />
      </figcaption>
      <Capped follow label={`Output of ${spelledOut(commandLine(terminal), false)}`} version={output}>
        <pre dir="ltr" className="min-w-fit px-3 py-2 font-mono text-small text-ink-1">
          {output === "" ? (
            <span className="text-ink-3">{status === "running" ? "No output yet" : "No output"}</span>
          ) : (
            <AnsiText text={output} omitted={omitted} />
          )}
        </pre>
      </Capped>
    </figure>
  );
}

/** `sh -c` says nothing to a reader: what it runs does. */
export function commandLine({ command, args }: Pick<TerminalEntity, "command" | "args">): string {
  if (/(?:^|\/)(?:ba|z|da)?sh$/.test(command) && args.length === 2 && /^-l?c$/.test(args[0] ?? ""))
    return args[1] ?? "";
  return [command, ...args].join(" ");
}

function ExitNote({ terminal: { status, exit } }: { terminal: TerminalEntity }) {
  if (status === "running") return <span className="text-accent">running</span>;
  if (status === "interrupted") return <span className="text-ink-3">interrupted</span>;
  if (exit?.signal) return <span className="text-fail">{exit.signal}</span>;
  if (exit?.code == null) return null;
  return <span className={exit.code === 0 ? "text-ink-3" : "text-fail"}>exit {exit.code}</span>;
}
