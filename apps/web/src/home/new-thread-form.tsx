import { useAgents, useBoard, useClient, useConnection } from "@skein/client/react";
import { SkeinError } from "@skein/client";
import {
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  type FormEvent,
  type RefObject,
} from "react";
import { useActions } from "../app/actions.tsx";
import { capsOf } from "../app/keyboard.ts";
import { navigate, threadPath } from "../app/router.tsx";
import { useMyBoard } from "../app/me.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { changeSetting } from "../thread/lib/change-setting.ts";
import { settingsOf } from "../thread/lib/settings.ts";
import type { PromptFieldHandle } from "../thread/prompt/prompt-field.tsx";
import { DropZone } from "../thread/prompt/drop-zone.tsx";
import { blocksOf, useDraft } from "../thread/prompt/use-draft.ts";
import { store, stored, useStored } from "../lib/device-storage.ts";
import { AgentGlyph } from "../ui/agent-glyph.tsx";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { say, sayFailed } from "../ui/toasts.tsx";
import { EarlyFirstPrompt } from "./early-first-prompt.tsx";
import { NEW_DRAFT } from "./new-draft.ts";
import type { NewThreadFormProps } from "./new-thread-page.tsx";
import { DirectoryField, type DirectoryState } from "./directory-field.tsx";
import { OnlyDemo } from "./only-demo.tsx";
import { FirstPrompt } from "./first-prompt.tsx";
import { setStartUnderWay, useStartUnderWay } from "./start-under-way.ts";
import { DIRECTORIES, LAST_AGENT, withDirectory } from "./remembered.ts";

/** Which agent, in which directory, with which first prompt. */
export default function NewThreadForm(props: NewThreadFormProps) {
  const board = useMyBoard();
  const { state } = useConnection();
  if (board !== null) return <Form board={board} {...props} />;
  return state === "offline" ? <AwaitingBoard /> : <EarlyFirstPrompt {...props} failure={null} />;
}

function Form({ board, autoFocus, early }: NewThreadFormProps & { board: string }) {
  const client = useClient();
  const offline = useConnection().state === "offline";
  const { agents } = useAgents();
  const recent = useRecentDirectories(board);
  const [lastAgent] = useStored(LAST_AGENT);
  const [chosenAgent, setAgent] = useState<string | null>(null);
  const [typedDirectory, setDirectory] = useState<string | null>(null);
  const [directoryState, setDirectoryState] = useState<DirectoryState>("unknown");
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [wanted, setWanted] = useState(false);
  const underWay = useStartUnderWay();
  const [error, setError] = useState<SkeinError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => void (gone.current = true);
  }, []);
  useFocusAtFirst(board, form);

  const found = agents.filter(({ value }) => value.found);
  const agent = chosenAgent ?? found.find(({ id }) => id === lastAgent)?.id ?? preferred(found.map(({ id }) => id));
  const directory = typedDirectory ?? recent[0] ?? "~";
  const offers = found.find(({ id }) => id === agent)?.value.offers;
  const settings = settingsOf(offers ?? {});
  const draft = useDraft(NEW_DRAFT, offers?.accepts);
  const tellState = useCallback((state: DirectoryState) => setDirectoryState(state), []);

  const field = useRef<PromptFieldHandle>(null);
  // What was begun before the form was there goes on in it.
  useLayoutEffect(() => {
    if (early.current !== "none") field.current?.caret(stored(NEW_DRAFT).text.length);
    if (early.current === "entered") form.current?.requestSubmit();
    early.current = "none";
  }, [early]);

  const starting = wanted || underWay;

  useActions([{ name: "start", run: () => form.current?.requestSubmit() }]);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (starting) return;
    if (draft.empty) form.current?.querySelector("textarea")?.focus();
    if (draft.blocked) return;
    setWanted(true);
    setError(null);
  };

  const begin = useEffectEvent(async (): Promise<void> => {
    if (agent === null) return;
    // It was written on while it waited, and may not be sent any more.
    if (draft.blocked) return setWanted(false);
    const from = location.href;
    setStartUnderWay(true);
    setWanted(false);
    try {
      const { path, exists } = await client.query("directories.list", { prefix: directory.trim() || "~" });
      if (!exists) throw new SkeinError("not_found", `There is no directory ${path} on the server.`, { path: "cwd" });
      const { thread } = await client.command("thread.create", { board, agent, cwd: path });
      store(DIRECTORIES, withDirectory(stored(DIRECTORIES), path));
      store(LAST_AGENT, agent);
      // The outbox keeps a thread's commands in order: the settings are in force before the prompt runs.
      for (const setting of settings) {
        const value = chosen[setting.id];
        if (value !== undefined && value !== setting.value) {
          void changeSetting(client, thread, offers ?? {}, setting, value);
        }
      }
      // As it stands now, not as it stood when the server was asked: what was added meanwhile is not to be lost.
      const { text, attached } = stored(NEW_DRAFT);
      if (text.trim() !== "" || attached.length > 0) {
        const blocks = blocksOf({ text, attached }, path);
        const prompt = { thread, text, ...(blocks.length > 0 ? { blocks } : {}) };
        client.command("thread.prompt", prompt).catch((cause: unknown) => {
          store(NEW_DRAFT, { text, attached });
          sayFailed("The prompt was not taken. It is kept in the form for a new thread.", cause);
        });
      }
      store(NEW_DRAFT, null);
      const open = (): void => navigate(threadPath(thread), { focus: "prompt" });
      // Who has gone elsewhere meanwhile is not called back.
      if (location.href === from) open();
      else say("The thread was started.", { label: "Open", run: open });
    } catch (cause) {
      if (gone.current) sayFailed("The thread was not started.", cause);
      else setError(cause instanceof SkeinError ? cause : new SkeinError("internal", String(cause), { cause }));
    } finally {
      setStartUnderWay(false);
    }
  });
  // Who was quicker than the server, which has not said yet what agents there are, is not asked to press Enter again.
  const known = agent !== null;
  useEffect(() => {
    if (wanted && known) void begin();
  }, [wanted, known]);

  const missing = directoryState === "missing";
  return (
    <form ref={form} onSubmit={onSubmit} className="space-y-4">
      <div className="grid gap-4 medium:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <Select
          label="Agent"
          value={agent}
          onChange={(next) => {
            setAgent(next);
            setChosen({});
          }}
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
          onChange={setDirectory}
          onState={tellState}
          recent={recent}
          invalid={missing}
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
              value={chosen[setting.id] ?? setting.value}
              onChange={(value) => setChosen({ ...chosen, [setting.id]: value })}
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

/** Those used from this device first, then those of the threads there are. */
function useRecentDirectories(board: string): readonly string[] {
  const [own] = useStored(DIRECTORIES);
  const { cards } = useBoard(board);
  return [...new Set([...own, ...cards.map(({ value }) => value.cwd)])];
}

/** A real agent before the demo, which is for those who have none yet. */
const preferred = (names: readonly string[]): string | null =>
  names.find((name) => name !== "demo") ?? names[0] ?? null;

const detailOf = (error: SkeinError): string | undefined =>
  error.detail === undefined ? undefined : JSON.stringify(error.detail, null, 2);
