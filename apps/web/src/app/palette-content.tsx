import { useBoard, type Card } from "@skein/client/react";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { Keys } from "../ui/keys.tsx";
import { stateOf, StatusMark } from "../ui/status-mark.tsx";
import { ActionIcon } from "./action-icon.tsx";
import { useActiveActions, type ActiveAction } from "./actions.tsx";
import { ACTIONS, type Place } from "./catalogue.ts";
import { fit } from "./find.ts";
import { keyCaps } from "./keyboard.ts";
import { useMyBoard } from "./me.ts";
import { PALETTE_FIELD, type PaletteContentProps } from "./palette.tsx";
import { navigate, threadPath, useRoute } from "./router.tsx";
import { visible } from "../ui/visible-text.tsx";

/** How many threads are named before anything is typed, and at most. */
const MAX_THREADS = { untyped: 6, typed: 30 };

/** The last choice of all. */
const SEARCH = "search for";

type Choice = {
  id: string;
  label: string;
  fits: number;
  icon: ReactNode;
  keys?: string;
  detail?: string;
  run: () => void;
};
type Group = { heading: string; choices: Choice[] };

export default function PaletteContent(props: PaletteContentProps) {
  const board = useMyBoard();
  // Offline, before anything was ever loaded, there is no board, and no thread on it.
  return board === null ? <Choices cards={[]} loading {...props} /> : <ChoicesWithThreads board={board} {...props} />;
}

function ChoicesWithThreads({ board, ...props }: PaletteContentProps & { board: string }) {
  const { groups, status } = useBoard(board);
  const cards = [...groups.needsYou, ...groups.running, ...groups.recent, ...groups.archived];
  return <Choices cards={cards} loading={status === "loading"} {...props} />;
}

function Choices({
  cards,
  loading,
  text,
  onText,
  hasFocus,
  entered,
  overLayer,
  onClose,
}: PaletteContentProps & {
  cards: readonly Card[];
  /** Whether there may be threads that nothing is known of yet. */
  loading: boolean;
}) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (!hasFocus.current || field.current === null) return;
    field.current.focus();
    field.current.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [hasFocus]);
  const route = useRoute();
  const present = route.page === "thread" ? route.thread : null;
  const groups = [threadsOf(cards, text, present), ...useActionGroups(text, overLayer)]
    .filter(({ choices }) => choices.length > 0)
    .toSorted((a, b) => best(b) - best(a));
  // Threads that come only now come first; whoever waits for them has chosen nothing yet.
  const first = groups[0]?.choices[0]?.id ?? SEARCH;
  const [marked, setMarked] = useState(first);
  const [wasLoading, setWasLoading] = useState(loading);
  if (wasLoading !== loading) {
    setWasLoading(loading);
    setMarked(first);
  }
  // cmdk tells screen readers only of what arrows have gone to, and of that also once another is marked.
  useLayoutEffect(() => {
    const option = document.querySelector(`[cmdk-item][data-value="${CSS.escape(marked)}"]`);
    field.current?.setAttribute("aria-activedescendant", option?.id ?? "");
  });
  const choose = (run: () => void): void => {
    // What is chosen finds the page as it is without the palette, and the focus where it was.
    flushSync(onClose);
    setTimeout(run);
  };
  const search: Choice = {
    id: SEARCH,
    label: `Search everything for “${text.trim()}”`,
    fits: 0,
    icon: <Search size={16} aria-hidden />,
    run: () => navigate(`/search?q=${encodeURIComponent(text.trim())}`),
  };
  const chooseFirst = useEffectEvent(() => {
    if (!entered.current) return;
    entered.current = false;
    choose((groups[0]?.choices[0] ?? search).run);
  });
  useEffect(() => {
    if (loading) return undefined;
    const timer = setTimeout(() => chooseFirst());
    return () => clearTimeout(timer);
  }, [loading]);
  const row = ({ id, label, icon, keys, detail, run }: Choice) => (
    <Command.Item
      key={id}
      value={id}
      onSelect={() => choose(run)}
      className="flex min-h-9 cursor-default items-center gap-3 rounded-control px-2 text-body data-[selected=true]:bg-surface-3 pointer-coarse:min-h-11"
    >
      <span className="grid size-4 shrink-0 place-items-center text-ink-3">{icon}</span>
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {visible(label, { words: true })}
      </span>
      {detail && (
        <span dir="auto" className="max-w-36 shrink-0 truncate font-mono text-meta text-ink-3">
          {visible(detail)}
        </span>
      )}
      {keys && <Keys keys={keyCaps(keys)} />}
    </Command.Item>
  );
  return (
    <Command
      label="Commands"
      onKeyDown={(event) => {
        // Held down since before it was open, or since the choice before: nothing here was chosen by it.
        if (event.repeat && event.key === "Enter") event.preventDefault();
        else entered.current = false;
      }}
      value={marked}
      onValueChange={setMarked}
      loop
      shouldFilter={false}
      vimBindings={false}
      className="flex max-h-[min(28rem,calc(var(--app-height)-6rem))] flex-col"
    >
      <Command.Input ref={field} value={text} onValueChange={onText} {...PALETTE_FIELD} />
      {(loading || groups.length === 0) && (
        <p role="status" className="shrink-0 px-4 pt-4 text-body text-ink-2">
          {loading ? "The threads are not loaded yet." : "Nothing is called that."}
        </p>
      )}
      <Command.List className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3">
        {groups.map(({ heading, choices }) => (
          <Command.Group key={heading} heading={heading}>
            {choices.map(row)}
          </Command.Group>
        ))}
        {text.trim() !== "" && (
          <Command.Group key="search" heading="Search">
            {row(search)}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}

const best = ({ choices }: Group): number => choices[0]?.fits ?? 0;

/** All threads but the one that is open. */
function threadsOf(cards: readonly Card[], text: string, present: string | null): Group {
  const choices = fitting(text, cards.filter(({ id }) => id !== present).map(choiceOf(text)));
  const most = text.trim() === "" ? MAX_THREADS.untyped : MAX_THREADS.typed;
  return { heading: "Threads", choices: choices.slice(0, most) };
}

const choiceOf =
  (text: string) =>
  ({ id, value }: Card): Choice => {
    const directory = value.cwd.split("/").at(-1) ?? "";
    return {
      id: `thread ${id}`,
      label: value.title,
      fits: fit(text, `${value.title} ${directory}`),
      icon: <StatusMark state={stateOf(value)} />,
      detail: directory,
      run: () => navigate(threadPath(id)),
    };
  };

const HEADINGS: readonly { heading: string; places: readonly Place[] }[] = [
  { heading: "This thread", places: ["In a thread"] },
  { heading: "Do", places: ["Everywhere", "Threads"] },
  { heading: "Settings", places: ["Settings"] },
];

/** What the page that is open, and the app around it, can do now. */
function useActionGroups(text: string, overLayer: boolean): Group[] {
  const actions = useActiveActions()
    .filter(({ layer, only, place }) => {
      return layer === null && only === undefined && !(overLayer && place === "In a thread");
    })
    // What a page does in its own way it does instead of the app.
    .filter(({ id }, at, all) => all.findIndex((each) => each.id === id) === at)
    .toSorted((a, b) => orderOf(a) - orderOf(b));
  const shown = text.trim() === "" ? actions.filter(({ known }) => known) : actions;
  return HEADINGS.map(({ heading, places }) => ({
    heading,
    choices: fitting(text, shown.filter(({ place }) => places.includes(place)).map(actionChoice(text))),
  }));
}

const NAMES = Object.keys(ACTIONS);
/** As the catalogue has them, and then what it does not have. */
const orderOf = ({ id }: ActiveAction): number => (NAMES.includes(id) ? NAMES.indexOf(id) : NAMES.length);

const actionChoice =
  (text: string) =>
  ({ id, label, words = "", keys, run }: ActiveAction): Choice => ({
    id,
    label,
    // A name that fits comes before another word for the same.
    fits: Math.max(fit(text, label), fit(text, `${label} ${words}`) * 0.75),
    icon: <ActionIcon id={id} />,
    ...(keys === null ? {} : { keys }),
    run: () => void run(),
  });

/** Those that fit what is typed, the best first. */
const fitting = (text: string, choices: readonly Choice[]): Choice[] =>
  choices.filter(({ fits }) => fits > 0).toSorted((a, b) => (text.trim() === "" ? 0 : b.fits - a.fits));
