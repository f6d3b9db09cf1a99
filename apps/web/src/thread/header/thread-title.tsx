import { useClient, useGiven } from "@skein/client/react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { isComposing } from "../../lib/composing.ts";
import { give } from "../lib/give.ts";
import { WaitingMark } from "../../ui/waiting-mark.tsx";
import { spelledOut } from "../../lib/hidden-characters.ts";
import { visible } from "../../ui/visible-text.tsx";

const MAX_LENGTH = 200;

/** The thread's title; a press makes it a field. `editing` is owned by the header, whose menu can start it too. */
export function ThreadTitle({
  id,
  title,
  pressable,
  editing,
  onEditing,
}: {
  id: string;
  title: string;
  /** Whether a press on it begins to edit it: not where it is too low for a finger. There its mark stands elsewhere too. */
  pressable: boolean;
  editing: boolean;
  onEditing: (editing: boolean) => void;
}) {
  const client = useClient();
  const heading = useRef<HTMLHeadingElement>(null);
  /** Left by a key, not by going elsewhere: then the focus goes back to the title. */
  const left = useRef(false);
  useEffect(() => {
    if (editing) return;
    if (left.current) (heading.current?.querySelector("button") ?? heading.current)?.focus();
    left.current = false;
  }, [editing]);

  const keep = (typed: string): void => {
    onEditing(false);
    const next = typed.trim();
    if (next === "" || next === title) return;
    void give(client, "thread.rename", { thread: id, title: next }, "The thread was not renamed.");
  };

  if (!editing) {
    return (
      <h1
        ref={heading}
        tabIndex={-1}
        className="flex min-w-0 shrink items-center gap-1 text-body font-semibold outline-none"
      >
        {pressable ? (
          <button
            type="button"
            dir="auto"
            title={spelledOut(title)}
            onClick={() => onEditing(true)}
            className="block min-w-0 truncate rounded-control px-1.5 py-0.5 hover:bg-surface-3"
          >
            {visible(title, { words: true })}
          </button>
        ) : (
          <span dir="auto" className="block min-w-0 truncate" title={spelledOut(title)}>
            {visible(title, { words: true })}
          </span>
        )}
        {pressable && <TitleMark id={id} />}
      </h1>
    );
  }
  return (
    <TitleField
      title={title}
      onKeep={(typed, byKey) => {
        left.current ||= byKey;
        keep(typed);
      }}
      onLeave={() => {
        left.current = true;
        onEditing(false);
      }}
    />
  );
}

/** Marks a title that was given and is not in force yet. */
export function TitleMark({ id }: { id: string }) {
  const given = useGiven(id).findLast(({ method }) => method === "thread.rename");
  return <WaitingMark of={given} />;
}

/** Where the new title is written, over the old one. */
function TitleField({
  title,
  onKeep,
  onLeave,
}: {
  title: string;
  /** `byKey`: with Enter, and not by going elsewhere. */
  onKeep: (typed: string, byKey: boolean) => void;
  onLeave: () => void;
}) {
  const [typed, setTyped] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  // In the commit that brings the field: later it would take away what has been typed by then.
  useLayoutEffect(() => field.current?.select(), []);
  return (
    <form
      className="min-w-0 flex-1"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(typed, true);
      }}
    >
      <input
        ref={field}
        dir="auto"
        value={typed}
        maxLength={MAX_LENGTH}
        aria-label="Title of the thread"
        autoFocus
        onChange={({ target }) => setTyped(target.value)}
        onBlur={() => onKeep(typed, false)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          onLeave();
        }}
        className="h-7 w-full max-w-120 rounded-control border border-accent bg-surface-2 px-1.5 text-body font-semibold outline-none pointer-coarse:h-11"
      />
    </form>
  );
}
