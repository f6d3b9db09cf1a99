import { useClient, useThread } from "@skein/client/react";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { sayFailed } from "../ui/toasts.tsx";

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
    <section
      aria-label="Interrupted"
      className="mb-2 flex flex-wrap items-center gap-3 rounded-panel border border-dashed border-line-strong bg-surface-1 px-3 py-2 text-small text-ink-2"
    >
      <p className="min-w-0 flex-1">
        The thread was interrupted.
        {queue.length > 0 ? " What is queued waits for you." : " A new prompt goes on where it was."}
      </p>
      <Button size="small" disabled={pending} onClick={() => void resume()}>
        {pending ? "Resuming…" : "Resume"}
      </Button>
    </section>
  );
}
