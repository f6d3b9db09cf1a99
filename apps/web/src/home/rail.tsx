import { useBoard } from "@skein/client/react";
import { Command, Keyboard, List, Plus, Search, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { capsOf } from "../app/keyboard.ts";
import { Link, navigate, useRoute } from "../app/router.tsx";
import { useMyBoard } from "../app/me.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Mark } from "../ui/mark.tsx";
import { Tooltip } from "../ui/tooltip.tsx";
import { SearchField } from "./search-field.tsx";
import { ThreadGroups } from "./thread-groups.tsx";

type Actions = { onPalette: () => void; onHelp: () => void };

/** What stands left of every page: threads, search, new. 264 px, or folded to its icons. */
export function Rail({ folded, ...actions }: Actions & { folded: boolean }) {
  return folded ? <FoldedRail {...actions} /> : <OpenRail {...actions} />;
}

function OpenRail({ onPalette, onHelp }: Actions) {
  const board = useMyBoard();
  const route = useRoute();
  return (
    <nav
      aria-label="Skein"
      className="flex h-full w-(--rail-width) shrink-0 flex-col border-r border-line bg-surface-1 pt-safe"
    >
      <div className="flex h-12 shrink-0 items-center justify-between pr-2 pl-4">
        <Link to="/" className="flex items-center gap-2 rounded-control text-body font-semibold">
          <Mark className="size-5 text-accent" />
          Skein
        </Link>
        <Button size="small" onClick={() => navigate("/new")} aria-keyshortcuts="N">
          <Plus size={14} aria-hidden /> New
        </Button>
      </div>
      <div className="px-3 pb-1">
        <SearchField text={route.page === "search" ? route.text : ""} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {board === null ? <AwaitingBoard /> : <ThreadGroups board={board} dense />}
      </div>
      <div className="flex h-12 shrink-0 items-center gap-1 border-t border-line px-2">
        <Link
          to="/settings"
          aria-current={route.page === "settings" ? "page" : undefined}
          className={classNames(
            "flex h-8 flex-1 items-center gap-2 rounded-control px-2 text-small text-ink-2 hover:bg-surface-3 hover:text-ink-1 pointer-coarse:h-11",
            route.page === "settings" && "bg-surface-3 text-ink-1",
          )}
        >
          <Settings size={16} aria-hidden /> Settings
        </Link>
        <IconButton label="Commands" keys={capsOf("palette")} onClick={onPalette}>
          <Command size={16} aria-hidden />
        </IconButton>
        <IconButton label="Keyboard" keys={capsOf("help")} onClick={onHelp}>
          <Keyboard size={16} aria-hidden />
        </IconButton>
      </div>
    </nav>
  );
}

function FoldedRail({ onPalette, onHelp }: Actions) {
  const route = useRoute();
  const board = useMyBoard();
  return (
    <nav
      aria-label="Skein"
      className="flex h-full w-(--rail-folded-width) shrink-0 flex-col items-center gap-1 border-r border-line bg-surface-1 py-2 pt-safe"
    >
      <Link to="/" aria-label="Skein, all threads" className="mt-2 mb-2 grid size-8 place-items-center rounded-control">
        <Mark className="size-5 text-accent" />
      </Link>
      <RailLink to="/" label="Threads" current={route.page === "home"}>
        <List size={18} aria-hidden />
        {board !== null && <NeedsYouCount board={board} />}
      </RailLink>
      <RailLink to="/new" label="New thread" current={route.page === "new"}>
        <Plus size={18} aria-hidden />
      </RailLink>
      <RailLink to="/search" label="Search" current={route.page === "search"}>
        <Search size={18} aria-hidden />
      </RailLink>
      <span className="flex-1" />
      <IconButton label="Commands" keys={capsOf("palette")} className="size-9" onClick={onPalette}>
        <Command size={18} aria-hidden />
      </IconButton>
      <IconButton label="Keyboard" keys={capsOf("help")} className="size-9" onClick={onHelp}>
        <Keyboard size={18} aria-hidden />
      </IconButton>
      <RailLink to="/settings" label="Settings" current={route.page === "settings"}>
        <Settings size={18} aria-hidden />
      </RailLink>
    </nav>
  );
}

function RailLink({
  to,
  label,
  current,
  children,
}: {
  to: string;
  label: string;
  current: boolean;
  children: ReactNode;
}) {
  return (
    <Tooltip text={label} side="right">
      <Link
        to={to}
        aria-label={label}
        aria-current={current ? "page" : undefined}
        className={classNames(
          "relative grid size-9 place-items-center rounded-control hover:bg-surface-3 pointer-coarse:size-11",
          current ? "bg-surface-3 text-ink-1" : "text-ink-2",
        )}
      >
        {children}
      </Link>
    </Tooltip>
  );
}

/** How many threads wait for a person, on the icon that leads to them. */
function NeedsYouCount({ board }: { board: string }) {
  const { groups } = useBoard(board);
  const count = groups.needsYou.length;
  if (count === 0) return null;
  return (
    <span className="absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full border border-wait-line bg-wait-soft px-1 text-[0.625rem] leading-none font-semibold text-wait">
      {count}
      <span className="sr-only"> need you</span>
    </span>
  );
}
