import { ArrowUp, ListPlus, Square } from "lucide-react";
import type { ReactNode } from "react";
import { capsOf } from "../../app/keyboard.ts";
import { useLayout } from "../../lib/use-media.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { isCoarse } from "../../lib/coarse.ts";
import { AttachButton } from "./attach-button.tsx";
import type { Stop } from "./use-stop.ts";

/** The prompt box's lower edge: files, switches, stop, send. */
export function PromptToolbar({
  stop: { running, state, stop },
  empty,
  blocked,
  fault,
  switches,
  onFiles,
  onSend,
}: {
  stop: Stop;
  /** Whether there is nothing to send. */
  empty: boolean;
  /** Whether what there is cannot be sent now. */
  blocked: boolean;
  /** What is wrong with what was written. */
  fault: string | null;
  /** Mode and model, where they stand here: left, and only while there is room for them. */
  switches: ReactNode;
  onFiles: (files: readonly File[]) => void;
  onSend: (when: "queue" | "now") => void;
}) {
  const narrow = useLayout() === "narrow";
  const canSendNow = running && !empty;
  const stopping = state === "stopping";
  const square = <Square size={12} aria-hidden className={stopping ? "animate-breathe" : ""} fill="currentColor" />;
  return (
    <div className="flex items-center gap-1 px-1.5 pb-1.5 low:max-w-[calc(100%-8rem)] low:pb-1">
      <AttachButton onFiles={onFiles} />
      <div className="flex min-w-0 flex-1 items-center gap-1 overflow-x-auto">
        {!(narrow && canSendNow) && switches}
      </div>
      {fault !== null && (
        <span role="status" className="text-meta text-fail">
          {fault}
        </span>
      )}
      {running && state !== "held" && !narrow && (
        <Button size="small" onClick={stop} disabled={stopping} title="Esc Esc">
          {square}
          {stopping ? "Stopping…" : "Stop"}
        </Button>
      )}
      {running && state !== "held" && narrow && (
        <IconButton
          label={stopping ? "Stopping…" : "Stop"}
          variant="secondary"
          onClick={stop}
          disabled={stopping}
          className="mr-1"
        >
          {square}
        </IconButton>
      )}
      {canSendNow && (
        <Button
          size="small"
          variant="quiet"
          disabled={blocked}
          onClick={() => onSend("now")}
          title={`Stops the running turn and goes on with this (${capsOf("sendNow").join("")})`}
        >
          Send now
        </Button>
      )}
      <IconButton
        label={running ? "Queue" : "Send"}
        variant={empty ? "quiet" : "primary"}
        keys={capsOf(isCoarse() ? "sendAnywhere" : "send")}
        disabled={blocked}
        onClick={() => onSend("queue")}
      >
        {running ? <ListPlus size={16} aria-hidden /> : <ArrowUp size={16} aria-hidden />}
      </IconButton>
    </div>
  );
}
