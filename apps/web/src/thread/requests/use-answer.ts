import { SkeinError, type GivenCommand } from "@skein/client";
import { useClient, useOutbox } from "@skein/client/react";
import { say, sayFailed } from "../../ui/toasts.tsx";

export type Answering = {
  /** What was chosen and is on its way: the option or the action. The same wherever the request is shown. */
  chosen: string | null;
  permission(option: string): void;
  question(action: "accept" | "decline" | "cancel", content?: Record<string, unknown>): void;
};

/** Answers one request of a thread. Who is late is told so, once: the card itself shows who was first. */
export function useAnswer(thread: string, request: string): Answering {
  const client = useClient();
  const { entries } = useOutbox();
  const give = async (answer: () => Promise<unknown>): Promise<void> => {
    // Pressed once more before it shows that it was pressed.
    if (chosenIn(client.outbox.entries, thread, request) !== null) return;
    try {
      await answer();
    } catch (error) {
      if (isLate(error)) say("Somebody answered before you.");
      else sayFailed("The answer was not taken.", error);
    }
  };
  return {
    chosen: chosenIn(entries, thread, request),
    permission: (option) => void give(() => client.command("thread.answer", { thread, permission: request, option })),
    question: (action, content) =>
      void give(() =>
        client.command("thread.answer", { thread, question: request, action, ...(content ? { content } : {}) }),
      ),
  };
}

/** A request that was withdrawn, and an answer that was taken out of the outbox, are conflicts too. */
const isLate = (error: unknown): boolean =>
  error instanceof SkeinError &&
  error.kind === "conflict" &&
  (error.detail as { status?: unknown } | undefined)?.status === "answered";

function chosenIn(entries: readonly GivenCommand[], thread: string, request: string): string | null {
  const answer = entries.find(
    ({ method, params: { thread: of, permission, question } }) =>
      method === "thread.answer" && of === thread && (permission === request || question === request),
  );
  if (answer === undefined) return null;
  const { option, action } = answer.params as { option?: string; action?: string };
  return option ?? action ?? null;
}
