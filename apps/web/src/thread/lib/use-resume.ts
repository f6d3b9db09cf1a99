import type { GivenCommand } from "@skein/client";
import { useClient, useGiven, useOutbox } from "@skein/client/react";
import { give } from "./give.ts";

/** Lets an interrupted thread go on. */
export type Resume = {
  /** The command, while it is on its way. */
  readonly given: GivenCommand | undefined;
  /** Gives it, once. */
  readonly resume: () => void;
  /** Takes it out, as long as it is on its way. */
  readonly takeBack: () => void;
};

/** The same wherever it stands: in the notice, the menu, the queue. */
export function useResume(thread: string): Resume {
  const client = useClient();
  const { discard } = useOutbox();
  const given = useGiven(thread).find(({ method }) => method === "thread.resume");
  return {
    given,
    resume() {
      // Pressed once more before it shows that it was pressed.
      const { entries } = client.outbox;
      if (entries.some(({ method, params }) => method === "thread.resume" && params["thread"] === thread)) return;
      void give(client, "thread.resume", { thread }, "The thread was not resumed.");
    },
    takeBack: () => void (given && discard(given.key)),
  };
}
