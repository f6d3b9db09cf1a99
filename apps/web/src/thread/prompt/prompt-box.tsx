import { useClient, useThread } from "@skein/client/react";
import { useImperativeHandle, useRef, type KeyboardEvent, type ReactNode, type Ref } from "react";
import { useActions } from "../../app/actions.tsx";
import { isTyping } from "../../app/keyboard.ts";
import { focusField } from "../../lib/focus-field.ts";
import { useLostFocus } from "../../lib/lost-focus.ts";
import { say } from "../../ui/toasts.tsx";
import { draftOf } from "./drafts.ts";
import { PromptField, type PromptFieldHandle } from "./prompt-field.tsx";
import { PromptToolbar } from "./prompt-toolbar.tsx";
import { sendPrompt } from "./send-prompt.ts";
import { useDraft } from "./use-draft.ts";
import { useHistory } from "./use-history.ts";
import type { Stop } from "./use-stop.ts";

export type PromptBoxHandle = {
  focus(): void;
  /** Takes over from where the person has begun to write, and sends it where they have asked for that. */
  goOn(sends: boolean): void;
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
  const { thread } = useThread(id);
  const draft = useDraft(draftOf(id), thread?.accepts);
  const { text, blocked } = draft;
  const history = useHistory(id);
  const field = useRef<PromptFieldHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  // Send has nothing more to send, Stop nothing to stop.
  const lostFocus = useLostFocus(() => focusField(box.current?.querySelector("textarea")));

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    goOn(sends) {
      field.current?.caret(text.length);
      if (sends) send("queue");
    },
    attach: draft.attach,
  }));

  const send = (when: "queue" | "now"): void | false => {
    const [upload] = draft.uploads;
    if (upload) return say(`${upload.name} is still on its way to the server.`);
    if (blocked) return false;
    history.leave();
    sendPrompt(client, id, thread?.cwd ?? "", { when });
    onSent();
  };

  const recall = (by: 1 | -1): boolean => {
    const sent = history.step(by);
    if (sent === null) return false;
    draft.setText(sent);
    field.current?.caret(sent.length);
    return true;
  };

  /** ↑ in an empty box, or while going through what was sent, brings it back. */
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey) return;
    const goesBack = text === "" || history.browsing;
    if (key === "ArrowUp" && goesBack && caretLine(event.currentTarget) === "first" && recall(-1))
      event.preventDefault();
    if (key === "ArrowDown" && history.browsing && recall(1)) event.preventDefault();
  };

  /** In another field the keys are that field's: what stands half-written here is not meant. */
  const sendFromAnywhere = (when: "queue" | "now"): void | false => {
    const { activeElement } = document;
    if (isTyping(activeElement) && !box.current?.contains(activeElement)) return false;
    return send(when);
  };
  useActions([
    { name: "sendAnywhere", run: () => sendFromAnywhere("queue") },
    { name: "sendNow", run: () => sendFromAnywhere("now") },
  ]);

  return (
    <div
      ref={box}
      {...lostFocus}
      className="relative rounded-panel border border-line-strong bg-surface-2 transition-colors focus-within:border-accent low:flex low:flex-wrap low:items-end"
    >
      <PromptField
        ref={field}
        draft={draft}
        place={{ thread: id }}
        commands={thread?.commands ?? []}
        label="Prompt"
        placeholder={
          stop.running
            ? "Queue the next prompt"
            : `Write to ${thread?.agent ?? "the agent"}; / for commands, @ for files`
        }
        onEnter={() => void send("queue")}
        onKey={onKey}
        onTyped={history.leave}
      />
      <PromptToolbar
        stop={stop}
        empty={draft.empty}
        blocked={blocked}
        fault={draft.fault}
        switches={switches}
        onFiles={draft.attach}
        onSend={send}
      />
    </div>
  );
}

/** Whether the caret stands in the first line that was written. */
const caretLine = ({ value, selectionStart }: HTMLTextAreaElement): "first" | "other" =>
  value.slice(0, selectionStart).includes("\n") ? "other" : "first";
