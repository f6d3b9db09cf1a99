import type { SkeinError } from "@skein/client";
import { useBoard, useConnection } from "@skein/client/react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type FormEvent, type RefObject } from "react";
import { useActions } from "../app/actions.tsx";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { capsOf } from "../app/keyboard.ts";
import { useMyBoard } from "../app/me.ts";
import { store, stored } from "../lib/device-storage.ts";
import { DropZone } from "../thread/prompt/drop-zone.tsx";
import type { PromptFieldHandle } from "../thread/prompt/prompt-field.tsx";
import { useDraft } from "../thread/prompt/use-draft.ts";
import { AgentGlyph } from "../ui/agent-glyph.tsx";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { DirectoryField, type DirectoryState } from "./directory-field.tsx";
import { EarlyFirstPrompt } from "./early-first-prompt.tsx";
import { FirstPrompt } from "./first-prompt.tsx";
import { NEW_CHOICE, NO_DIRECTORY, useNewThread } from "./new-choice.ts";
import { NEW_DRAFT } from "./new-draft.ts";
import type { NewThreadFormProps } from "./new-thread-page.tsx";
import { OnlyDemo } from "./only-demo.tsx";
import { useStart, want } from "./start.ts";

/** Which agent, in which directory, with which first prompt. */
export default function NewThreadForm(props: NewThreadFormProps) {
  const board = useMyBoard();
  const { state } = useConnection();
  if (board !== null) return <Form board={board} {...props} />;
  return state === "offline" ? <AwaitingBoard /> : <EarlyFirstPrompt {...props} failure={null} />;
}

function Form({ board, autoFocus, early }: NewThreadFormProps & { board: string }) {
  const offline = useConnection().state === "offline";
  const { choice, agents, agent, offers, settings, recent, directory: meant } = useNewThread(board);
  /** What stood in the field for the directory when the person came to it. */
  const [met, setMet] = useState<string | null>(null);
  const [directoryState, setDirectoryState] = useState<DirectoryState>("unknown");
  const start = useStart();
  const form = useRef<HTMLFormElement>(null);
  useFocusAtFirst(board, form);

  const directory = choice.directory ?? met ?? meant;
  const named = directory.trim() !== "";
  const draft = useDraft(NEW_DRAFT, offers?.accepts);
  const tellState = useCallback((state: DirectoryState) => setDirectoryState(state), []);
  const choose = (change: Partial<typeof choice>): void => store(NEW_CHOICE, { ...choice, ...change });

  const field = useRef<PromptFieldHandle>(null);
  // What was begun before the form was there goes on in it.
  useLayoutEffect(() => {
    if (early.current !== "none") field.current?.caret(stored(NEW_DRAFT).text.length);
    if (early.current === "entered") form.current?.requestSubmit();
    early.current = "none";
  }, [early]);

  const starting = start.state !== "none";
  const error = start.state === "none" ? start.error : null;

  useActions([{ name: "start", run: () => form.current?.requestSubmit() }]);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (starting) return;
    if (draft.empty) form.current?.querySelector("textarea")?.focus();
    if (draft.blocked) return;
    if (!named) return form.current?.querySelector<HTMLElement>("input[role=combobox]")?.focus();
    if (met !== null) choose({ directory });
    want(location.href);
  };

  const missing = named && directoryState === "missing";
  return (
    <form ref={form} onSubmit={onSubmit} className="space-y-4">
      <div className="grid gap-4 medium:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Select
          label="Agent"
          value={agent}
          onChange={(next) => choose({ agent: next, settings: {} })}
          choices={agents.map(({ id, value }) => ({
            value: id,
            name: value.title,
            description: value.found ? undefined : `Not found here. Needs: ${value.needs ?? value.command[0]}`,
            icon: <AgentGlyph name={value.title} />,
            disabled: !value.found,
          }))}
        />
        <DirectoryField
          value={directory}
          onChange={(path) => (path === directory ? setMet(path) : choose({ directory: path }))}
          onState={tellState}
          recent={recent}
          invalid={missing || !named}
        />
      </div>
      <OnlyDemo />
      <FirstPrompt
        ref={field}
        draft={draft}
        directory={directory}
        commands={offers?.commands}
        autoFocus={autoFocus}
        onEnter={() => form.current?.requestSubmit()}
      />
      {settings.length > 0 && (
        <div className="grid gap-4 medium:grid-cols-3">
          {settings.map((setting) => (
            <Select
              key={`${agent} ${setting.id}`}
              label={setting.name}
              value={setting.chosen}
              onChange={(value) => choose({ settings: { ...choice.settings, [setting.id]: value } })}
              placeholder="As the agent has it"
              choices={setting.choices.map((choice) =>
                choice.value === setting.value ? { ...choice, name: `${choice.name} (default)` } : choice,
              )}
            />
          ))}
        </div>
      )}
      {agent !== null && offers === undefined && (
        <p className="text-meta text-ink-3">
          What this agent lets one choose, as its mode and model, shows here once a first thread was started with it.
        </p>
      )}
      {error && (
        <ErrorNote title="The thread was not started" detail={detailOf(error)}>
          {error.message}
        </ErrorNote>
      )}
      <DropZone onFiles={draft.attach} />
      <div className="flex flex-wrap items-center justify-end gap-3">
        <p className="min-w-0 flex-1 text-meta text-ink-3" role="status">
          {offline
            ? "The server is out of reach: the thread starts once it is back."
            : !named
              ? NO_DIRECTORY
              : missing && `There is no directory ${directory} on the server.`}
        </p>
        <Button type="submit" variant="primary" aria-disabled={starting || draft.uploads.length > 0}>
          {starting ? "Starting…" : draft.uploads.length > 0 ? "Sending files…" : "Start thread"}
          <span className="font-normal pointer-coarse:hidden">{capsOf("send").join(" ")}</span>
        </Button>
      </div>
    </form>
  );
}

/** Where there is no thread yet, there is one thing to do: the first page begins in the field for it. */
function useFocusAtFirst(board: string, form: RefObject<HTMLFormElement | null>): void {
  const { status, cards } = useBoard(board);
  const first = status === "live" && cards.length === 0;
  useEffect(() => {
    const isFree = document.activeElement === document.body && !matchMedia("(pointer: coarse)").matches;
    if (first && isFree) form.current?.querySelector("textarea")?.focus();
  }, [first, form]);
}

const detailOf = (error: SkeinError): string | undefined =>
  error.detail === undefined ? undefined : JSON.stringify(error.detail, null, 2);
