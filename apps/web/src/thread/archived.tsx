import { useClient } from "@skein/client/react";
import { give } from "./lib/give.ts";
import { Strip } from "./strip.tsx";

/** In place of the prompt box while a thread is archived: nothing can be given to it, but it can come back. */
export function Archived({ id, onBack }: { id: string; onBack: () => void }) {
  const client = useClient();
  const takeOut = (): void => {
    const failed = "The thread was not taken out of the archive.";
    void give(client, "thread.archive", { thread: id, archived: false }, failed);
    onBack();
  };
  return (
    <Strip label="Archived" action="Take it out of the archive" onAction={takeOut}>
      The thread is archived: it takes no prompts.
    </Strip>
  );
}
