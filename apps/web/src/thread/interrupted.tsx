import { useClient, useThread } from "@skein/client/react";
import { useState } from "react";
import { sayFailed } from "../ui/toasts.tsx";
import { Strip } from "./strip.tsx";

/** Above the prompt box when the agent or the server went away in the middle: said, with a way to go on. */
export function Interrupted({ id }: { id: string }) {
  const client = useClient();
  const { thread, queue } = useThread(id);
  const [pending, setPending] = useState(false);
  if (thread?.status !== "interrupted") return null;
  const resume = async (): Promise<void> => {
    setPending(true);
    try {
      await client.command("thread.resume", { thread: id });
    } catch (error) {
      sayFailed("The thread was not resumed.", error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Strip
      label="Interrupted"
      action={pending ? "Resuming…" : "Resume"}
      pending={pending}
      onAction={() => void resume()}
    >
      The thread was interrupted.
      {queue.length > 0 ? " What is queued waits for you." : " A new prompt goes on where it was."}
    </Strip>
  );
}
