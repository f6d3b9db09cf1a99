import { DEFAULT_LIMITS } from "@skein/client";
import { useClient, useConnection, useThread } from "@skein/client/react";
import { ArrowUp, ListPlus, Paperclip, Square } from "lucide-react";
import {
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from "react";
import { keyCaps, useShortcuts } from "../../app/shortcuts.tsx";
import { store, stored, useStored } from "../../lib/device-storage.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { sayFailed } from "../../ui/toasts.tsx";
import { bytes } from "../lib/words.ts";
import { Attachments } from "./attachments.tsx";
import { CompletionList } from "./completion-list.tsx";
import { draftOf, EMPTY, type Attached } from "./drafts.ts";
import { rememberSent, SENT } from "./sent.ts";
import { mentions, triggerAt, type Trigger } from "./trigger.ts";
import { useUploads } from "./uploads.ts";
import { useCompletion, type Suggestion } from "./use-completion.ts";
import { useStop } from "./use-stop.ts";

export type PromptBoxHandle = {
  focus(): void;
  /** Puts a text into the box, before what stands there. */
  take(text: string, attached: readonly Attached[]): void;
};

const coarse = (): boolean => matchMedia("(pointer: coarse)").matches;

/** Where one writes to the agent. What is written is kept until it is sent, over reloads too. */
export function PromptBox({
  thread: id,
  onSent,
  switches,
  ref,
}: {
  thread: string;
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
  const [past, setPast] = useState<number | null>(null);
  const [over, setOver] = useState(false);
  const { running, stopping, stop } = useStop(id);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const listId = useId();
  const suggestions = useCompletion(id, trigger, thread?.commands ?? []);
  const archived = thread?.status === "archived";

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
  }));

  const size = new TextEncoder().encode(text).byteLength;
  const tooLong = size > limits.promptBytes;
  const empty = text.trim() === "" && attached.length === 0;
  const blocked = empty || tooLong || uploads.length > 0 || archived;

  const send = (when: "queue" | "now"): void | false => {
    if (blocked) return false;
    const files = mentions(text).map((path) => ({
      type: "link" as const,
      uri: `file://${encodeURI(path.startsWith("/") ? path : `${thread?.cwd ?? ""}/${path}`)}`,
      name: path,
    }));
    const blocks = [...attached.map(({ block }) => block), ...files];
    rememberSent(text);
    setDraft(null);
    setTrigger(null);
    setPast(null);
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
    const sent = stored(SENT);
    const at = past === null ? (by < 0 ? sent.length - 1 : null) : past + by;
    if (at === null || at < 0) return false;
    const found = sent[at];
    setPast(found === undefined ? null : at);
    setText(found ?? "");
    placeCaret(found?.length ?? 0);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const plain = !altKey && !ctrlKey && !metaKey;
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
    if (key === "Enter" && plain && !shiftKey && !coarse()) {
      event.preventDefault();
      send("queue");
      return;
    }
    // ↑ in an empty box, or while going through what was sent, brings it back.
    const browsing = text === "" || past !== null;
    if (key === "ArrowUp" && plain && browsing && caretLine(event.currentTarget) === "first" && recall(-1))
      event.preventDefault();
    if (key === "ArrowDown" && plain && past !== null && recall(1)) event.preventDefault();
  };

  useShortcuts([
    {
      keys: "mod+enter",
      label: running ? "Queue the prompt" : "Send the prompt",
      group: "Prompt",
      whileTyping: true,
      run: () => send("queue"),
    },
    {
      keys: "mod+alt+enter",
      label: "Send now: stop the running turn and go on with this",
      group: "Prompt",
      whileTyping: true,
      run: () => send("now"),
    },
  ]);

  const onPaste = (event: ClipboardEvent): void => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    addFiles(files);
  };
  const onDrop = (event: DragEvent): void => {
    setOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    addFiles([...event.dataTransfer.files]);
  };

  return (
    <div
      className={classNames(
        "relative rounded-panel border bg-surface-2 transition-colors duration-150",
        over ? "border-accent bg-accent-soft" : "border-line-strong focus-within:border-accent",
      )}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {suggestions.length > 0 && (
        <CompletionList
          id={listId}
          label={trigger?.kind === "file" ? "Files" : "Commands"}
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
        disabled={archived}
        aria-label="Prompt"
        placeholder={placeholder(archived, running, thread?.agent)}
        aria-haspopup="listbox"
        aria-controls={suggestions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={
          suggestions.length > 0 ? `${listId}-${Math.min(chosen, suggestions.length - 1)}` : undefined
        }
        enterKeyHint="enter"
        onChange={({ target }) => {
          setText(target.value);
          setPast(null);
          setTrigger(triggerAt(target.value, target.selectionStart));
          setChosen(0);
        }}
        onSelect={({ currentTarget }) => {
          const next = triggerAt(currentTarget.value, currentTarget.selectionStart);
          if (trigger !== null && next?.from !== trigger.from) setTrigger(null);
        }}
        onBlur={() => setTrigger(null)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        className="block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 pt-3 pb-1 text-body outline-none disabled:text-ink-3"
      />
      <div className="flex items-center gap-1 px-1.5 pb-1.5">
        <IconButton label="Attach files" onClick={() => picker.current?.click()} disabled={archived}>
          <Paperclip size={16} aria-hidden />
        </IconButton>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to attach"
          onChange={({ target }) => {
            addFiles([...(target.files ?? [])]);
            target.value = "";
          }}
        />
        <div className="flex min-w-0 flex-1 items-center gap-1 overflow-x-auto">{switches}</div>
        {tooLong && (
          <span role="status" className="text-meta text-fail">
            {bytes(size)} of {bytes(limits.promptBytes)}
          </span>
        )}
        {running && (
          <Button size="small" onClick={stop} disabled={stopping} title="Esc Esc">
            <Square size={12} aria-hidden className={stopping ? "animate-breathe" : ""} fill="currentColor" />
            {stopping ? "Stopping…" : "Stop"}
          </Button>
        )}
        {running && !empty && (
          <Button
            size="small"
            variant="quiet"
            disabled={blocked}
            onClick={() => send("now")}
            title={`Stops the running turn and goes on with this (${keyCaps("mod+alt+enter").join("")})`}
          >
            Send now
          </Button>
        )}
        <IconButton
          label={running ? "Queue" : "Send"}
          variant={empty ? "quiet" : "primary"}
          keys={keyCaps(coarse() ? "mod+enter" : "enter")}
          disabled={blocked}
          onClick={() => send("queue")}
        >
          {running ? <ListPlus size={16} aria-hidden /> : <ArrowUp size={16} aria-hidden />}
        </IconButton>
      </div>
    </div>
  );
}

function placeholder(archived: boolean, running: boolean, agent: string | undefined): string {
  if (archived) return "This thread is archived. Take it out of the archive to go on.";
  return running ? "Queue the next prompt" : `Write to ${agent ?? "the agent"}; / for commands, @ for files`;
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
