import type { ThreadEntity } from "@skein/client";
import { usePermissions, useThread } from "@skein/client/react";

/** Tells screen readers what matters in passing: not every token, but that the agent works, waits, or is done. */
export function Announcer({ id }: { id: string }) {
  const { thread, turns } = useThread(id);
  const { permissions, questions } = usePermissions(id);
  const last = turns.findLast(({ value }) => value.status !== "queued")?.value.status;
  return (
    <p className="sr-only" aria-live="polite">
      {thread && said(thread.status)}
    </p>
  );

  function said(status: ThreadEntity["status"]): string {
    switch (status) {
      case "running":
        return "The agent works.";
      case "waiting":
        return `The agent waits for you: ${permissions[0]?.value.title ?? questions[0]?.value.message ?? ""}`;
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
