import { useClient } from "@skein/client/react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { sayFailed } from "../../ui/toasts.tsx";
import { isDiscarded } from "../lib/is-discarded.ts";
import { editOf, keepEdit, rescueEdit } from "./queue-edits.ts";

/** Where a queued prompt is changed. It is open until the server has taken the change, after a reload too. */
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
  const [keeping, setKeeping] = useState(false);
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => void (isThere.current = false);
  }, []);

  const leave = (): void => {
    keepEdit(thread, turn, null);
    onDone();
  };
  const keep = (): void => {
    if (keeping) return;
    if (typed.trim() === "" || typed === text) return leave();
    setKeeping(true);
    keepEdit(thread, turn, null);
    client.command("thread.requeue", { thread, turn, text: typed }).then(onDone, (error: unknown) => {
      // Of who has signed out nothing is to stay on the device.
      if (isDiscarded(error)) return;
      setKeeping(false);
      if (isThere.current) keepEdit(thread, turn, typed);
      else rescueEdit(thread, typed);
      sayFailed("The queue was not changed.", error);
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
        readOnly={keeping}
        onChange={({ target: { value } }) => {
          setTyped(value);
          keepEdit(thread, turn, value === text || value.trim() === "" ? null : value);
        }}
        onKeyDown={(event) => {
          const { key, ctrlKey, metaKey } = event;
          if (key === "Enter" && (ctrlKey || metaKey)) {
            event.preventDefault();
            keep();
          } else if (key === "Escape" && !keeping) {
            event.preventDefault();
            leave();
          }
        }}
        className="block max-h-60 min-h-20 w-full resize-y rounded-control border border-line-strong bg-surface-2 px-2 py-1.5 text-small outline-none focus:border-accent"
      />
      <div className="mt-2 flex gap-2">
        <Button type="submit" size="small" variant="primary" disabled={keeping || typed.trim() === ""}>
          {keeping ? "Keeping…" : "Keep"}
        </Button>
        <Button size="small" variant="quiet" disabled={keeping} onClick={leave}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
