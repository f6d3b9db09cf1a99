import { DEFAULT_LIMITS } from "@skein/client";
import { useClient, useConnection, useThread } from "@skein/client/react";
import {
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from "react";
import { useActions } from "../../app/actions.tsx";
import { store, stored, useStored } from "../../lib/device-storage.ts";
import { sayFailed } from "../../ui/toasts.tsx";
import { isCoarse } from "../lib/coarse.ts";
import { bytes } from "../lib/words.ts";
import { Attachments } from "./attachments.tsx";
import { CompletionList } from "./completion-list.tsx";
import { draftOf, EMPTY, type Attached } from "./drafts.ts";
import { PromptToolbar } from "./prompt-toolbar.tsx";
import { rememberSent } from "./sent.ts";
import { mentions, triggerAt, type Trigger } from "./trigger.ts";
import { useUploads } from "./uploads.ts";
import { useCompletion, type Suggestion } from "./use-completion.ts";
import { useHistory } from "./use-history.ts";
import type { Stop } from "./use-stop.ts";

export type PromptBoxHandle = {
  focus(): void;
  /** Puts a text into the box, before what stands there. */
  take(text: string, attached: readonly Attached[]): void;
  /** Sends files to the server and attaches them. */
  attach(files: readonly File[]): void;
};

/** Where one writes to the agent. What is written is kept until it is sent, over reloads too. */
export function PromptBox({
  thread: id,
  stop,
  onSent,
  switches,
  ref,
}: {
  thread: string;
  stop: Stop;
  onSent: () => void;
  /** What stands at the box's lower edge, left: mode and model on narrow screens. */
  switches?: ReactNode;
  ref: Ref<PromptBoxHandle>;
}) {
  const client = useClient();
  const { hello } = useConnection();
  const limits = hello?.limits ?? DEFAULT_LIMITS;
  const { thread } = useThread(id);
  const entry = draftOf(id);
  const [draft, setDraft] = useStored(entry);
  const { text, attached } = draft;
  const [trigger, setTrigger] = useState<Trigger | null>(null);
  const [chosen, setChosen] = useState(0);
  const history = useHistory(id);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const found = useCompletion(id, trigger, thread?.commands ?? []);
  const suggestions = found ?? [];

  const onDone = useCallback(
    (file: Attached) => {
      const now = stored(entry);
      store(entry, { ...now, attached: [...now.attached, file] });
    },
    [entry],
  );
  const { uploads, add } = useUploads(onDone);
  const addFiles = (files: readonly File[]): void => add(files, thread?.accepts, limits);

  const setText = (next: string): void => {
    setDraft(next === "" && attached.length === 0 ? null : { text: next, attached });
  };
  useEffect(() => fitHeight(field.current), [text]);

  const placeCaret = (at: number): void => {
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at, at);
    });
  };
  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    take(taken, files) {
      const now = stored(entry);
      store(entry, { text: [taken, now.text].filter(Boolean).join("\n\n"), attached: [...files, ...now.attached] });
      placeCaret(taken.length);
    },
    attach: addFiles,
  }));

  const size = new TextEncoder().encode(text).byteLength;
  const tooLong = size > limits.promptBytes;
  const empty = text.trim() === "" && attached.length === 0;
  const blocked = empty || tooLong || uploads.length > 0;

  const send = (when: "queue" | "now"): void | false => {
    if (blocked) return false;
    const files = mentions(text).map((path) => ({
      type: "link" as const,
      uri: `file://${encodeURI(path.startsWith("/") ? path : `${thread?.cwd ?? ""}/${path}`)}`,
      name: path,
    }));
    const blocks = [...attached.map(({ block }) => block), ...files];
    rememberSent(id, text);
    setDraft(null);
    setTrigger(null);
    history.leave();
    client
      .command("thread.prompt", { thread: id, text, when, ...(blocks.length > 0 ? { blocks } : {}) })
      .catch((error: unknown) => {
        const now = stored(entry);
        // What was refused is not lost.
        if (now === EMPTY || now.text === "") store(entry, { text, attached });
        sayFailed("The prompt was not taken.", error);
      });
    onSent();
  };

  const accept = (suggestion: Suggestion): void => {
    if (trigger === null) return;
    setText(text.slice(0, trigger.from) + suggestion.insert + text.slice(trigger.to));
    placeCaret(trigger.from + suggestion.insert.length);
    setTrigger(null);
  };

  const recall = (by: 1 | -1): boolean => {
    const sent = history.step(by);
    if (sent === null) return false;
    setText(sent);
    placeCaret(sent.length);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const plain = !altKey && !ctrlKey && !metaKey;
    if (key === "Escape" && plain && found !== null && suggestions.length === 0) {
      event.preventDefault();
      setTrigger(null);
      return;
    }
    if (suggestions.length > 0 && plain && keysOfList(key, shiftKey)) {
      event.preventDefault();
      if (key === "Escape") setTrigger(null);
      else if (key === "ArrowDown") setChosen((chosen + 1) % suggestions.length);
      else if (key === "ArrowUp") setChosen((chosen - 1 + suggestions.length) % suggestions.length);
      else {
        const suggestion = suggestions[Math.min(chosen, suggestions.length - 1)];
        if (suggestion) accept(suggestion);
      }
      return;
    }
    if (key === "Enter" && plain && !shiftKey && !isCoarse()) {
      event.preventDefault();
      send("queue");
      return;
    }
    // ↑ in an empty box, or while going through what was sent, brings it back.
    const goesBack = text === "" || history.browsing;
    if (key === "ArrowUp" && plain && goesBack && caretLine(event.currentTarget) === "first" && recall(-1))
      event.preventDefault();
    if (key === "ArrowDown" && plain && history.browsing && recall(1)) event.preventDefault();
  };

  useActions([
    { name: "sendAnywhere", run: () => send("queue") },
    { name: "sendNow", run: () => send("now") },
  ]);

  return (
    <div className="relative rounded-panel border border-line-strong bg-surface-2 transition-colors focus-within:border-accent">
      {found !== null && (
        <CompletionList
          id={listId}
          {...(trigger?.kind === "file"
            ? { label: "Files", none: "No file matches" }
            : { label: "Commands", none: "No command matches" })}
          suggestions={suggestions}
          chosen={Math.min(chosen, suggestions.length - 1)}
          onChoose={accept}
        />
      )}
      <Attachments
        attached={attached}
        uploads={uploads}
        onRemove={(index) => {
          const rest = attached.filter((_, at) => at !== index);
          setDraft(text === "" && rest.length === 0 ? null : { text, attached: rest });
        }}
      />
      <textarea
        ref={field}
        value={text}
        rows={1}
        aria-label="Prompt"
        placeholder={
          stop.running
            ? "Queue the next prompt"
            : `Write to ${thread?.agent ?? "the agent"}; / for commands, @ for files`
        }
        aria-haspopup="listbox"
        aria-controls={suggestions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={
          suggestions.length > 0 ? `${listId}-${Math.min(chosen, suggestions.length - 1)}` : undefined
        }
        enterKeyHint="enter"
        onChange={({ target }) => {
          setText(target.value);
          history.leave();
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
          addFiles(files);
        }}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-3 pb-1 text-body outline-none"
      />
      <PromptToolbar
        stop={stop}
        empty={empty}
        blocked={blocked}
        fault={tooLong ? `${bytes(size)} of ${bytes(limits.promptBytes)}` : null}
        switches={switches}
        onFiles={addFiles}
        onSend={send}
      />
    </div>
  );
}

const keysOfList = (key: string, shift: boolean): boolean =>
  key === "ArrowDown" || key === "ArrowUp" || key === "Escape" || ((key === "Enter" || key === "Tab") && !shift);

/** Whether the caret stands in the first line that was written. */
const caretLine = ({ value, selectionStart }: HTMLTextAreaElement): "first" | "other" =>
  value.slice(0, selectionStart).includes("\n") ? "other" : "first";

/** As high as its text, where CSS does not do that by itself. */
function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
