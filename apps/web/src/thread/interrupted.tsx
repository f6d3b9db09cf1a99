import { useThread } from "@skein/client/react";
import { useLasting } from "../lib/use-lasting.ts";
import { lastBegun } from "./lib/last-begun.ts";
import { useResume } from "./lib/use-resume.ts";
import { Strip } from "./strip.tsx";

/**
 * Above the prompt box: says that the agent or the server went away in the middle, and why, or that a stop holds the
 * queue; and how to continue.
 */
export function Interrupted({ id }: { id: string }) {
  const { thread, turns, queue } = useThread(id);
  const { given, resume, takeBack } = useResume(id);
  const lasts = useLasting(given !== undefined);
  if (thread?.status !== "interrupted") return null;
  if (given?.state === "held") {
    return (
      <Strip label="Interrupted" action="Take it back" onAction={takeBack}>
        The thread was interrupted. It is resumed once the server is back.
      </Strip>
    );
  }
  const last = lastBegun(turns)?.value;
  if (thread.held && last?.status === "cancelled") {
    return (
      <Strip label="Queue" action={lasts ? "Continuing…" : "Continue"} pending={given !== undefined} onAction={resume}>
        Your queue is paused.
      </Strip>
    );
  }
  const why = last?.status === "interrupted" ? last.error?.message : undefined;
  return (
    <Strip label="Interrupted" action={lasts ? "Resuming…" : "Resume"} pending={given !== undefined} onAction={resume}>
      The thread was interrupted{why === undefined ? "." : `: ${sentence(why)}`}
      {queue.length > 0 ? " Your queue is paused." : " Send a prompt to continue where it left off."}
    </Strip>
  );
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
