import type { TurnEntity } from "@skein/client";
import { useItem, useThread } from "@skein/client/react";
import { ErrorNote } from "../../ui/states.tsx";
import { TurnChanges } from "../changes/turn-changes.tsx";
import { lastBegun } from "../lib/last-begun.ts";
import { duration, exactTime, money, tokens } from "../lib/words.ts";
import { useThreadId } from "../thread-context.ts";

/** The line of facts that closes a turn; what ended it, where that is not its natural end. */
export function TurnFooter({ turn: id }: { turn: string }) {
  const thread = useThreadId();
  const turn = useItem(thread, "turn", id);
  const isOpen = useIsOpen(thread, id);
  if (turn?.status === "running" || turn?.status === "queued") return null;
  // It began before what is loaded, and is over: what is at work is always held.
  if (turn === undefined) return <div className="mt-3 mb-5 h-px bg-line" data-turn="unknown" />;
  const facts = factsOf(turn, isOpen);
  return (
    <div className="pt-2 pb-4" data-turn={turn.status}>
      {turn.status === "failed" && (
        <div className="mb-3">
          <ErrorNote
            title="The turn failed"
            detail={turn.error?.detail === undefined ? undefined : JSON.stringify(turn.error.detail, null, 2)}
          >
            {turn.error?.message}
          </ErrorNote>
        </div>
      )}
      {turn.status === "interrupted" && turn.error && !isOpen && (
        <p className="mb-3 rounded-control border border-dashed border-line-strong px-3 py-2 text-small text-ink-2">
          Interrupted: {turn.error.message}
        </p>
      )}
      <p className="flex items-center gap-2 text-meta text-ink-3 tabular-nums">
        <span className={`h-px flex-1 ${turn.status === "interrupted" ? "dashed-line" : "bg-line"}`} aria-hidden />
        <TurnChanges turn={id} />
        <span title={turn.endedAt === undefined ? undefined : exactTime(turn.endedAt)}>{facts.join(" · ")}</span>
      </p>
    </div>
  );
}

/** Whether the thread is interrupted in this turn still: then the notice above the prompt box says so, and why. */
function useIsOpen(id: string, turn: string): boolean {
  const { thread, turns } = useThread(id);
  return thread?.status === "interrupted" && lastBegun(turns)?.id === turn;
}

const STOPS: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "stopped at the token limit"],
  ["max_turn_requests", "stopped at the limit of requests"],
  ["refusal", "refused"],
]);

function factsOf(turn: TurnEntity, isOpen: boolean): string[] {
  const facts: string[] = [];
  if (turn.startedAt !== undefined && turn.endedAt !== undefined) facts.push(duration(turn.endedAt - turn.startedAt));
  const total = tokensOf(turn.usage);
  if (total > 0) facts.push(`${tokens(total)} tokens`);
  const cost = costOf(turn.usage);
  if (cost) facts.push(money(cost));
  if (turn.status === "cancelled") facts.push("stopped");
  else if (turn.status === "failed") facts.push("failed");
  else if (turn.status === "interrupted" && !(isOpen && facts.length > 0)) facts.push("interrupted");
  const stop = turn.status === "done" ? STOPS.get(turn.stopReason ?? "") : undefined;
  if (stop !== undefined) facts.push(stop);
  return facts.length > 0 ? facts : ["done"];
}

/** Agents name their counts in two ways; the total is said, or added up. */
function tokensOf(usage: TurnEntity["usage"]): number {
  if (usage === undefined) return 0;
  const number = (...names: string[]): number => {
    for (const name of names) if (typeof usage[name] === "number") return usage[name];
    return 0;
  };
  return (
    number("totalTokens", "total_tokens") ||
    number("inputTokens", "input_tokens") + number("outputTokens", "output_tokens")
  );
}

function costOf(usage: TurnEntity["usage"]): { amount: number; currency: string } | null {
  const cost = usage?.["cost"];
  if (typeof cost !== "object" || cost === null || Array.isArray(cost)) return null;
  const { amount, currency } = cost;
  return typeof amount === "number" && amount > 0 && typeof currency === "string" ? { amount, currency } : null;
}
