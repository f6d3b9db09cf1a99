import { useAgents, useBoard, useClient } from "@skein/client/react";
import { SkeinError } from "@skein/client";
import { useCallback, useEffect, useRef, useState, type FormEvent, type RefObject } from "react";
import { useActions } from "../app/actions.tsx";
import { capsOf } from "../app/keyboard.ts";
import { Page, PageHeading } from "../app/page.tsx";
import { navigate, threadPath } from "../app/router.tsx";
import { useMyBoard } from "../app/me.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { changeSetting } from "../thread/lib/change-setting.ts";
import { settingsOf } from "../thread/lib/settings.ts";
import { store, stored, useStored } from "../lib/device-storage.ts";
import { AgentGlyph } from "../ui/agent-glyph.tsx";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/select.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { sayFailed } from "../ui/toasts.tsx";
import { DirectoryField, type DirectoryState } from "./directory-field.tsx";
import { OnlyDemo } from "./only-demo.tsx";
import { AGENT_OPTIONS, DIRECTORIES, LAST_AGENT, NEW_DRAFT, withDirectory } from "./remembered.ts";

/** Starts a thread: which agent, in which directory, with which first prompt. `home`: it is what the first page shows. */
export default function NewThreadPage({ home = false }: { home?: boolean }) {
  const board = useMyBoard();
  return (
    <Page title={home ? "Skein" : "New thread"} header={<PageHeading>New thread</PageHeading>} back={home ? null : "/"}>
      <div className="h-full overflow-y-auto pb-safe">
        <div className="mx-auto max-w-(--measure) px-4 py-4 medium:px-6 medium:py-10">
          {board === null ? <AwaitingBoard /> : <NewThreadForm board={board} autoFocus={!home} />}
        </div>
      </div>
    </Page>
  );
}

function NewThreadForm({ board, autoFocus }: { board: string; autoFocus: boolean }) {
  const client = useClient();
  const { agents } = useAgents();
  const recent = useRecentDirectories(board);
  const [lastAgent] = useStored(LAST_AGENT);
  const [options] = useStored(AGENT_OPTIONS);
  const [prompt, setPrompt] = useStored(NEW_DRAFT);
  const [chosenAgent, setAgent] = useState<string | null>(null);
  const [typedDirectory, setDirectory] = useState<string | null>(null);
  const [directoryState, setDirectoryState] = useState<DirectoryState>("unknown");
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<SkeinError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useFocusAtFirst(board, form);

  const found = agents.filter(({ value }) => value.found);
  const agent = chosenAgent ?? found.find(({ id }) => id === lastAgent)?.id ?? preferred(found.map(({ id }) => id));
  const directory = typedDirectory ?? recent[0] ?? "~";
  const settings = agent === null ? [] : settingsOf(options[agent] ?? {});
  const tellState = useCallback((state: DirectoryState) => setDirectoryState(state), []);

  useActions([{ name: "start", run: () => form.current?.requestSubmit() }]);

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (agent === null || starting) return;
    if (prompt.trim() === "") {
      form.current?.querySelector("textarea")?.focus();
      return;
    }
    setStarting(true);
    setError(null);
    try {
      const { path, exists } = await client.query("directories.list", { prefix: directory.trim() || "~" });
      if (!exists) throw new SkeinError("not_found", `There is no directory ${path} on the server.`, { path: "cwd" });
      const { thread } = await client.command("thread.create", { board, agent, cwd: path });
      store(DIRECTORIES, withDirectory(stored(DIRECTORIES), path));
      store(LAST_AGENT, agent);
      // The outbox keeps a thread's commands in order: the settings are in force before the prompt runs.
      for (const setting of settings) {
        const value = chosen[setting.id];
        if (value) void changeSetting(client, thread, options[agent] ?? {}, setting, value);
      }
      client.command("thread.prompt", { thread, text: prompt }).catch((cause: unknown) => {
        store(NEW_DRAFT, prompt);
        sayFailed("The prompt was not taken. It is kept in the form for a new thread.", cause);
      });
      store(NEW_DRAFT, null);
      navigate(threadPath(thread), { focus: "prompt" });
    } catch (cause) {
      setError(cause instanceof SkeinError ? cause : new SkeinError("internal", String(cause), { cause }));
      setStarting(false);
    }
  };

  const missing = directoryState === "missing";
  return (
    <form ref={form} onSubmit={(event) => void onSubmit(event)} className="space-y-4">
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
      <PromptField value={prompt} onChange={setPrompt} autoFocus={autoFocus} />
      {settings.length > 0 && (
        <div className="grid gap-4 medium:grid-cols-3">
          {settings.map((setting) => (
            <Select
              key={`${agent} ${setting.id}`}
              label={setting.name}
              value={chosen[setting.id] ?? ""}
              onChange={(value) => setChosen({ ...chosen, [setting.id]: value })}
              choices={[{ value: "", name: "As the agent has it" }, ...setting.choices]}
            />
          ))}
        </div>
      )}
      {error && (
        <ErrorNote title="The thread was not started" detail={detailOf(error)}>
          {error.message}
        </ErrorNote>
      )}
      <div className="flex flex-wrap items-center justify-end gap-3">
        <p className="min-w-0 flex-1 text-meta text-ink-3" role="status">
          {missing && `There is no directory ${directory} on the server.`}
        </p>
        <Button type="submit" variant="primary" disabled={starting}>
          {starting ? "Starting…" : "Start thread"}
          <span className="font-normal pointer-coarse:hidden">{capsOf("start").join(" ")}</span>
        </Button>
      </div>
    </form>
  );
}

/** Grows with what is typed, up to half of the screen. */
function PromptField({
  value,
  onChange,
  autoFocus,
}: {
  value: string;
  onChange: (text: string) => void;
  autoFocus: boolean;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { current } = field;
    if (current === null || CSS.supports("field-sizing", "content")) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [value]);
  return (
    <label className="block">
      <span className="mb-1 flex items-center gap-2 text-small font-medium text-ink-2">First prompt</span>
      <textarea
        ref={field}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder="What is to be done?"
        autoFocus={autoFocus}
        rows={5}
        className="field-sizing-content block max-h-[50dvh] min-h-32 w-full resize-none rounded-panel border border-line-strong bg-surface-2 px-3 py-2.5 text-body text-ink-1 transition-colors duration-150 hover:border-ink-3 focus:border-accent focus:outline-1 focus:-outline-offset-1 focus:outline-accent"
      />
    </label>
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
