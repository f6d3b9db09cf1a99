import { SkeinError } from "@skein/client";
import { useClient } from "@skein/client/react";
import { useState } from "react";
import { say, sayFailed } from "../../ui/toasts.tsx";

export type Answering = {
  /** What was chosen and is on its way. */
  chosen: string | null;
  permission(id: string, option: string): void;
  question(id: string, action: "accept" | "decline" | "cancel", content?: Record<string, unknown>): void;
};

/** Answers requests of a thread. Who is late is told so, once: the card itself shows who was first. */
export function useAnswer(thread: string): Answering {
  const client = useClient();
  const [chosen, setChosen] = useState<string | null>(null);
  const give = async (name: string, answer: Promise<unknown>): Promise<void> => {
    setChosen(name);
    try {
      await answer;
    } catch (error) {
      setChosen(null);
      if (error instanceof SkeinError && error.kind === "conflict") say("Somebody answered before you.");
      else sayFailed("The answer was not taken.", error);
    }
  };
  return {
    chosen,
    permission: (id, option) => void give(option, client.command("thread.answer", { thread, permission: id, option })),
    question: (id, action, content) =>
      void give(
        action,
        client.command("thread.answer", { thread, question: id, action, ...(content ? { content } : {}) }),
      ),
  };
}
