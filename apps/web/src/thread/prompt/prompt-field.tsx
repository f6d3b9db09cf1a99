import type { ThreadEntity } from "@skein/client";
import {
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import { isCoarse } from "../../lib/coarse.ts";
import { isComposing } from "../../lib/composing.ts";
import { focusField } from "../../lib/focus-field.ts";
import { Attachments } from "./attachments.tsx";
import { CompletionList } from "./completion-list.tsx";
import { triggerAt, type Trigger } from "./trigger.ts";
import { useCompletion, type Place, type Suggestion } from "./use-completion.ts";
import type { WrittenDraft } from "./use-draft.ts";

export type PromptFieldHandle = {
  focus(): void;
  /** Puts the caret there, once what was written stands. */
  caret(at: number): void;
};

/**
 * Where a prompt is written: files on top, `/` for commands, `@` for files, Enter to send where there is a keyboard. Give
 * it an element to stand in that is `relative`.
 */
export function PromptField({
  draft,
  place,
  commands = [],
  label,
  placeholder,
  rows = 1,
  autoFocus = false,
  list = "above",
  onEnter,
  onKey,
  onTyped,
  ref,
}: {
  draft: WrittenDraft;
  place: Place;
  commands?: NonNullable<ThreadEntity["commands"]>;
  label: string;
  placeholder: string;
  /** As high as it is when empty. */
  rows?: number;
  autoFocus?: boolean;
  /** Where suggestions are shown. */
  list?: "above" | "below";
  onEnter: () => void;
  /** Gets keys that nothing here takes. */
  onKey?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  /** Told when the person changes the text. */
  onTyped?: () => void;
  ref?: Ref<PromptFieldHandle>;
}) {
  const [typing, setTrigger] = useState<Trigger | null>(null);
  const [chosen, setChosen] = useState(0);
  const [caret, setCaret] = useState<{ at: number } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const { text } = draft;
  // What was sent, or taken back from the past, completes nothing.
  const trigger = typing !== null && typing.to <= text.length ? typing : null;
  const found = useCompletion(place, trigger, commands);
  const suggestions = found ?? [];
  const current = Math.min(chosen, suggestions.length - 1);
  useEffect(() => fitHeight(field.current), [text]);

  // In the commit that brings the text itself: a frame later it would be in the way of who types on.
  useLayoutEffect(() => {
    if (caret === null) return;
    field.current?.focus();
    field.current?.setSelectionRange(caret.at, caret.at);
  }, [caret]);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus(), caret: (at) => setCaret({ at }) }));

  const accept = (suggestion: Suggestion): void => {
    if (trigger === null) return;
    draft.setText(text.slice(0, trigger.from) + suggestion.insert + text.slice(trigger.to));
    setCaret({ at: trigger.from + suggestion.insert.length });
    setTrigger(null);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (isComposing(event.nativeEvent)) return;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const plain = !altKey && !ctrlKey && !metaKey;
    if (key === "Escape" && plain && found !== null && suggestions.length === 0) {
      event.preventDefault();
      setTrigger(null);
    } else if (suggestions.length > 0 && plain && keysOfList(key, shiftKey)) {
      event.preventDefault();
      if (key === "Escape") setTrigger(null);
      else if (key === "ArrowDown") setChosen((chosen + 1) % suggestions.length);
      else if (key === "ArrowUp") setChosen((chosen - 1 + suggestions.length) % suggestions.length);
      else {
        const suggestion = suggestions[current];
        if (suggestion) accept(suggestion);
      }
    } else if (key === "Enter" && plain && !shiftKey && !isCoarse()) {
      event.preventDefault();
      setTrigger(null);
      onEnter();
    } else {
      onKey?.(event);
    }
  };

  return (
    <>
      {found !== null && (
        <CompletionList
          id={listId}
          {...(trigger?.kind === "file"
            ? { label: "Files", none: "No file matches" }
            : { label: "Commands", none: "No command matches" })}
          side={list}
          suggestions={suggestions}
          chosen={current}
          onChoose={accept}
        />
      )}
      <Attachments
        attached={draft.attached}
        uploads={draft.uploads}
        onRemove={draft.remove}
        onNone={() => focusField(field.current)}
      />
      <textarea
        dir="auto"
        ref={field}
        value={text}
        rows={rows}
        autoFocus={autoFocus}
        aria-label={label}
        placeholder={placeholder}
        aria-haspopup="listbox"
        aria-controls={suggestions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={suggestions.length > 0 ? `${listId}-${current}` : undefined}
        enterKeyHint="enter"
        onChange={({ target }) => {
          draft.setText(target.value);
          onTyped?.();
          setTrigger(triggerAt(target.value, target.selectionStart));
          setChosen(0);
        }}
        onSelect={({ currentTarget }) => {
          const next = triggerAt(currentTarget.value, currentTarget.selectionStart);
          if (trigger !== null && next?.from !== trigger.from) setTrigger(null);
        }}
        onBlur={() => setTrigger(null)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (files.length === 0) return;
          event.preventDefault();
          draft.attach(files);
        }}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-3 pb-1 text-body outline-none low:min-h-9 low:w-0 low:min-w-32 low:flex-1 low:py-2 low:placeholder:truncate"
      />
    </>
  );
}

const keysOfList = (key: string, shift: boolean): boolean =>
  key === "ArrowDown" || key === "ArrowUp" || key === "Escape" || ((key === "Enter" || key === "Tab") && !shift);

/**
 * As high as its text, but never lower than its rows. What it stands in keeps its height while the text is measured: else
 * the timeline above would grow for that moment, and scroll.
 */
function fitHeight(field: HTMLTextAreaElement | null): void {
  const box = field?.parentElement;
  if (field === null || box == null) return;
  box.style.minHeight = `${box.offsetHeight}px`;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
  box.style.minHeight = "";
}
