import { useClient } from "@skein/client/react";
import { useState } from "react";
import { isComposing } from "../../lib/composing.ts";
import { Button } from "../../ui/button.tsx";
import { sayFailed } from "../../ui/toasts.tsx";
import { isNoRefusal } from "../lib/give.ts";
import { editOf, keepEdit, rescueEdit } from "./queue-edits.ts";

/**
 * Where a queued prompt is changed; what is written is there after a reload too. Kept, the change shows in the queue as
 * given, and goes into the prompt box where the server refuses it.
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
  const [typed, setTyped] = useState(() => editOf(thread, turn) ?? text);

  const leave = (): void => {
    keepEdit(thread, turn, null);
    onDone();
  };
  const keep = (): void => {
    leave();
    if (typed.trim() === "" || typed === text) return;
    client.command("thread.requeue", { thread, turn, text: typed }).catch((error: unknown) => {
      if (isNoRefusal(error)) return;
      sayFailed("The queue was not changed.", error);
      rescueEdit(thread, typed);
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
        dir="auto"
        aria-label="Queued prompt"
        autoFocus
        rows={4}
        value={typed}
        onChange={({ target: { value } }) => {
          setTyped(value);
          keepEdit(thread, turn, value === text || value.trim() === "" ? null : value);
        }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
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
