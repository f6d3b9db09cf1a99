import type { PermissionEntity, QuestionEntity, ThreadEntity } from "@skein/client";
import { usePermissions, useThread } from "@skein/client/react";
import { lastBegun } from "./lib/last-begun.ts";
import { spelledOut } from "../lib/hidden-characters.ts";

/** Tells screen readers what matters in passing: not every token, but that the agent works, waits, or is done. */
export function Announcer({ id }: { id: string }) {
  const { thread, turns } = useThread(id);
  const { permissions, questions } = usePermissions(id);
  const [first, ...others] = [...permissions, ...questions].sort((a, b) => a.value.pos - b.value.pos);
  const last = lastBegun(turns)?.value.status;
  return (
    <p className="sr-only" aria-live="polite">
      {/* Another request is said anew, also when it has the words of the one before. */}
      {thread && <span key={first?.id}>{said(thread.status)}</span>}
    </p>
  );

  function said(status: ThreadEntity["status"]): string {
    switch (status) {
      case "running":
        return "The agent works.";
      case "waiting":
        return `The agent waits for you: ${spelledOut(wordsOf(first?.value))}${others.length > 0 ? `, and ${others.length} more` : ""}`;
      case "interrupted":
        return "The thread was interrupted.";
      case "idle":
        return last === "failed" ? "The turn failed." : last === undefined ? "" : "The agent is done.";
      case "queued":
      case "archived":
        return "";
      default:
        return status satisfies never;
    }
  }
}

function wordsOf(request: PermissionEntity | QuestionEntity | undefined): string {
  if (request === undefined) return "";
  return "options" in request ? (request as PermissionEntity).title : request.message;
}
