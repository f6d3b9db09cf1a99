import type { TerminalEntity } from "@skein/client";
import { SquareTerminal } from "lucide-react";
import { duration } from "../lib/words.ts";
import { MiddleCut } from "../lib/middle-cut.tsx";
import { commandLine, TerminalView } from "../terminal/terminal-view.tsx";
import { textShown } from "../terminal/text-shown.ts";
import { useOpen } from "../timeline/view-state.ts";
import { ItemBar } from "./item-bar.tsx";
import { StepRow } from "./step-row.tsx";
import { StepState } from "./step-state.tsx";

/** A terminal that no tool call shows. */
export function TerminalItem({ id, terminal }: { id: string; terminal: TerminalEntity }) {
  const [open, setOpen] = useOpen(id);
  const failed = terminal.exit?.signal != null || (terminal.exit?.code ?? 0) !== 0;
  const state =
    terminal.status === "running"
      ? "in_progress"
      : terminal.status === "interrupted"
        ? "interrupted"
        : failed
          ? "failed"
          : "completed";
  return (
    <StepRow
      icon={<SquareTerminal size={14} aria-hidden />}
      words={<MiddleCut text={commandLine(terminal)} className="font-mono text-ink-1" />}
      facts={
        <>
          {terminal.endedAt !== undefined && <span>{duration(terminal.endedAt - terminal.startedAt)}</span>}
          <StepState state={state} />
        </>
      }
      bar={<ItemBar id={id} copy={() => textShown(terminal.output)} />}
      open={open}
      onToggle={setOpen}
    >
      <TerminalView terminal={terminal} />
    </StepRow>
  );
}
