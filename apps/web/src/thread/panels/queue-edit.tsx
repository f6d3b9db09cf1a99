import { useClient } from "@skein/client/react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { say, sayFailed } from "../../ui/toasts.tsx";
import { isNoRefusal } from "../lib/give.ts";
import { putBack } from "../prompt/drafts.ts";

/**
 * Where a queued prompt is changed. Kept, the change shows in the queue as given. Where it goes before, as when the turn
 * starts or the panel closes, and where the server refuses the change, what was written is put into the prompt box.
 */
export function QueueEdit({
  thread,
  turn,
  text,
  onDone,
}: {
  thread: string;
  turn: string;
  text: string;
  onDone: () => void;
}) {
  const client = useClient();
  const [typed, setTyped] = useState(text);
  /** What would be lost with the field. */
  const unkept = useRef<string | null>(null);

  const rescue = (written: string): void => {
    putBack(thread, { text: written, attached: [] });
    say("What you wrote in the queue stands in the prompt box.");
  };
  useEffect(() => {
    return () => {
      // Of who has signed out nothing is to stay on the device.
      if (unkept.current !== null && client.status.state !== "stopped") rescue(unkept.current);
      unkept.current = null;
    };
  }, []);

  const leave = (): void => {
    unkept.current = null;
    onDone();
  };
  const keep = (): void => {
    leave();
    if (typed.trim() === "" || typed === text) return;
    client.command("thread.requeue", { thread, turn, text: typed }).catch((error: unknown) => {
      if (isNoRefusal(error)) return;
      sayFailed("The queue was not changed.", error);
      rescue(typed);
    });
  };

  return (
    <form
      className="p-2"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <textarea
        aria-label="Queued prompt"
        autoFocus
        rows={4}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          unkept.current = target.value === text || target.value.trim() === "" ? null : target.value;
        }}
        onKeyDown={(event) => {
          const { key, ctrlKey, metaKey } = event;
          if (key === "Enter" && (ctrlKey || metaKey)) {
            event.preventDefault();
            keep();
          } else if (key === "Escape") {
            event.preventDefault();
            leave();
          }
        }}
        className="block max-h-60 min-h-20 w-full resize-y rounded-control border border-line-strong bg-surface-2 px-2 py-1.5 text-small outline-none focus:border-accent"
      />
      <div className="mt-2 flex gap-2">
        <Button type="submit" size="small" variant="primary" disabled={typed.trim() === ""}>
          Keep
        </Button>
        <Button size="small" variant="quiet" onClick={leave}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
