import { useClient, useOutbox, useThread } from "@skein/client/react";
import { useState } from "react";
import { sayFailed } from "../../ui/toasts.tsx";
import { isNoRefusal } from "../lib/give.ts";

/**
 * How it stands with stopping the running turn: `held` waits on this device for the server to be back and can be taken
 * back; `stopping` lasts until the turn has ended, not merely until the server has heard of it.
 */
type Stopping = "no" | "held" | "stopping";

export type Stop = {
  /** Whether a turn runs. */
  readonly running: boolean;
  readonly state: Stopping;
  readonly stop: () => void;
  /** Only while `held`. */
  readonly takeBack: () => void;
};

/** Once for a thread's page: who asked to stop is told what came of it. */
export function useStop(thread: string): Stop {
  const client = useClient();
  const { running } = useThread(thread);
  const { entries, discard } = useOutbox();
  const [asked, setAsked] = useState<string | null>(null);
  const entry = entries.find(({ method, params }) => method === "thread.cancel" && params["thread"] === thread);
  const held = entry?.state === "held";
  const state = running === undefined ? "no" : held ? "held" : entry || asked === running.id ? "stopping" : "no";
  return {
    running: running !== undefined,
    state,
    stop: () => {
      if (running === undefined || state !== "no") return;
      setAsked(running.id);
      client.command("thread.cancel", { thread, turn: running.id }).catch((error: unknown) => {
        setAsked(null);
        if (!isNoRefusal(error)) sayFailed("The turn could not be stopped.", error);
      });
    },
    takeBack: () => {
      if (!held) return;
      setAsked(null);
      discard(entry.key);
    },
  };
}
