import { useOutbox, useThread, useClient } from "@skein/client/react";
import { useState } from "react";
import { sayFailed } from "../../ui/toasts.tsx";

/** Stopping the running turn: `stopping` lasts until the turn has ended, not merely until the server has heard of it. */
export function useStop(thread: string): { running: boolean; stopping: boolean; stop: () => void } {
  const client = useClient();
  const { running } = useThread(thread);
  const { entries } = useOutbox();
  const [asked, setAsked] = useState<string | null>(null);
  const waiting = entries.some(({ method, params }) => method === "thread.cancel" && params["thread"] === thread);
  return {
    running: running !== undefined,
    stopping: running !== undefined && (waiting || asked === running.id),
    stop: () => {
      if (running === undefined || asked === running.id) return;
      setAsked(running.id);
      client.command("thread.cancel", { thread }).catch((error: unknown) => {
        setAsked(null);
        sayFailed("The turn could not be stopped.", error);
      });
    },
  };
}
