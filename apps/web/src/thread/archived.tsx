import { useClient } from "@skein/client/react";
import { useState } from "react";
import { sayFailed } from "../ui/toasts.tsx";
import { Strip } from "./strip.tsx";

/** In place of the prompt box while a thread is archived: nothing can be given to it, but it can come back. */
export function Archived({ id, onBack }: { id: string; onBack: () => void }) {
  const client = useClient();
  const [pending, setPending] = useState(false);
  const takeOut = async (): Promise<void> => {
    setPending(true);
    try {
      await client.command("thread.archive", { thread: id, archived: false });
      onBack();
    } catch (error) {
      setPending(false);
      sayFailed("The thread was not taken out of the archive.", error);
    }
  };
  return (
    <Strip label="Archived" action="Take it out of the archive" pending={pending} onAction={() => void takeOut()}>
      The thread is archived: it takes no prompts.
    </Strip>
  );
}
