import type { GivenCommand } from "@skein/client";
import { Clock } from "lucide-react";
import { useLasting } from "../lib/use-lasting.ts";
import { classNames } from "./class-names.ts";

type Waiting = Pick<GivenCommand, "state" | "error">;

/** How it stands with what was given and is not in force yet, in the words that are used everywhere. */
export function waitingWords({ state, error }: Waiting): string {
  if (state === "delayed") return `sent again soon: ${error?.message ?? "the server is busy"}`;
  return state === "held" ? "sent once the server is back" : "sending…";
}

/** Marks what is shown as given and is not in force yet. What is answered within 150 ms gets none, and moves nothing. */
export function WaitingMark({ of, className }: { of: Waiting | undefined; className?: string }) {
  const lasts = useLasting(of !== undefined && of.state !== "answered");
  if (of === undefined || !lasts) return null;
  const words = waitingWords(of);
  return (
    <span role="img" aria-label={words} title={words} className={classNames("shrink-0", className)}>
      <Clock size={12} aria-hidden className="text-ink-3" />
    </span>
  );
}
