import type { CommandName, OutboxEntry, Params, SkeinClient } from "@skein/client";
import { useClient } from "@skein/client/react";
import { useEffect } from "react";
import { isNoRefusal } from "../thread/lib/give.ts";
import { draftOfPrompt, putBack } from "../thread/prompt/drafts.ts";
import { sayFailed } from "../ui/toasts.tsx";

/** What was not done, when a command was refused. */
const WORDS: Record<CommandName, string> = {
  "thread.create": "The thread was not started.",
  "thread.prompt": "A prompt was not sent. It stands in its thread's prompt box.",
  "thread.cancel": "The turn could not be stopped.",
  "thread.unqueue": "The prompt was not dropped.",
  "thread.requeue": "The queue was not changed.",
  "thread.mode": "The mode was not changed.",
  "thread.config": "An option was not changed.",
  "thread.rename": "The thread was not renamed.",
  "thread.archive": "The thread was not archived, or not taken out of the archive.",
  "thread.resume": "The thread was not resumed.",
  "thread.answer": "The answer was not taken.",
};

/** Tells of a refusal of what was given before the page was loaded anew: whoever gave it then is not there to hear it. */
export function useRefusals(): void {
  const client = useClient();
  useEffect(() => listen(client), [client]);
}

const listen = (client: SkeinClient): (() => void) =>
  client.outbox.onSettled((settled) => {
    if (!("error" in settled) || settled.entry.at >= performance.timeOrigin) return;
    // Another user's is theirs to hear of (G6).
    if (isNoRefusal(settled.error) || settled.error.kind === "forbidden") return;
    keepText(settled.entry);
    sayFailed(WORDS[settled.entry.method], settled.error);
  });

/** What a person wrote is not lost with the command that bore it. */
function keepText({ method, params }: OutboxEntry): void {
  if (method === "thread.prompt") {
    const { thread, text, blocks = [] } = params as Params<"thread.prompt">;
    putBack(thread, draftOfPrompt({ text, blocks }));
  } else if (method === "thread.requeue") {
    const { thread, text } = params as Params<"thread.requeue">;
    if (text !== undefined) putBack(thread, { text, attached: [] });
  }
}
