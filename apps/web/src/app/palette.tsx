import { Dialog } from "@base-ui/react/dialog";
import { useBoard, useConnection } from "@skein/client/react";
import { Command } from "cmdk";
import { Keyboard, LogOut, Monitor, Moon, Plus, Search, Settings, Smartphone, Sun } from "lucide-react";
import { createContext, use, useState, type ReactNode } from "react";
import { useTheme } from "../theme/theme.ts";
import { Keys } from "../ui/keys.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { sayFailed } from "../ui/toasts.tsx";
import { signOut } from "./pairing.ts";
import { navigate, threadPath } from "./router.tsx";
import { keyCaps } from "./shortcuts.tsx";
import { useMyBoard } from "./me.ts";

/** More than these are found by the search: a list of thousands would be slow to filter at each letter. */
const MAX_THREADS = 300;

/** What a chosen item calls once it has run. */
const Done = createContext<() => void>(() => {});

/** Threads, commands and settings, by typing some letters of their names. */
export default function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const board = useMyBoard();
  const [text, setText] = useState("");
  const [, setTheme] = useTheme();
  const { retryNow } = useConnection();
  const go = (path: string) => () => navigate(path);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-veil" />
        <Dialog.Popup
          aria-label="Commands"
          className="fixed inset-x-3 top-[max(12px,8vh)] z-30 mx-auto max-w-140 overflow-hidden rounded-panel border border-line bg-floating shadow-float outline-none"
        >
          <Command label="Commands" loop className="flex max-h-[min(28rem,calc(var(--app-height)-6rem))] flex-col">
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Go to a thread, or do something…"
              className="h-12 shrink-0 border-b border-line bg-transparent px-4 text-body outline-none"
            />
            <Command.List className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3">
              <Command.Empty className="px-2 py-6 text-center text-body text-ink-2">
                Nothing is called that.
              </Command.Empty>
              <Done.Provider value={onClose}>
                {text.trim() !== "" && (
                  <Command.Group heading="Search" forceMount>
                    <Item
                      value={`search everything for ${text}`}
                      icon={<Search size={16} />}
                      run={go(`/search?q=${encodeURIComponent(text.trim())}`)}
                      always
                    >
                      Search everything for “{text.trim()}”
                    </Item>
                  </Command.Group>
                )}
                {board !== null && <Threads board={board} />}
                <Command.Group heading="Do">
                  <Item value="new thread start" icon={<Plus size={16} />} keys="n" run={go("/new")}>
                    New thread
                  </Item>
                  <Item value="search everything find" icon={<Search size={16} />} keys="/" run={go("/search")}>
                    Search everything
                  </Item>
                  <Item value="connect reconnect retry now" icon={<Monitor size={16} />} run={retryNow}>
                    Check the connection
                  </Item>
                  <Item value="keyboard shortcuts help keys" icon={<Keyboard size={16} />} keys="?" run={onHelp} stays>
                    Keyboard shortcuts
                  </Item>
                </Command.Group>
                <Command.Group heading="Settings">
                  <Item value="settings preferences" icon={<Settings size={16} />} run={go("/settings")}>
                    Settings
                  </Item>
                  <Item value="pair device phone sign in qr" icon={<Smartphone size={16} />} run={go("/settings")}>
                    Sign in another device
                  </Item>
                  <Item value="theme light bright" icon={<Sun size={16} />} run={() => setTheme("light")}>
                    Light theme
                  </Item>
                  <Item value="theme dark night" icon={<Moon size={16} />} run={() => setTheme("dark")}>
                    Dark theme
                  </Item>
                  <Item value="theme system automatic" icon={<Monitor size={16} />} run={() => setTheme("system")}>
                    Theme as the system has it
                  </Item>
                  <Item
                    value="sign out log out"
                    icon={<LogOut size={16} />}
                    run={() => void signOut().catch((error: unknown) => sayFailed("You are still signed in.", error))}
                  >
                    Sign out
                  </Item>
                </Command.Group>
              </Done.Provider>
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Threads({ board }: { board: string }) {
  const { groups } = useBoard(board);
  const cards = [...groups.needsYou, ...groups.running, ...groups.recent, ...groups.archived].slice(0, MAX_THREADS);
  if (cards.length === 0) return null;
  return (
    <Command.Group heading="Threads">
      {cards.map(({ id, value }) => (
        <Item
          key={id}
          value={`${value.title} ${value.cwd} ${id}`}
          icon={<StatusMark status={value.waiting > 0 ? "waiting" : value.status} />}
          run={() => navigate(threadPath(id))}
        >
          <span className="flex items-baseline gap-2">
            <span className="min-w-0 flex-1 truncate">{value.title}</span>
            <span className="max-w-36 shrink-0 truncate font-mono text-meta text-ink-3">
              {value.cwd.split("/").at(-1)}
            </span>
          </span>
        </Item>
      ))}
    </Command.Group>
  );
}

function Item({
  value,
  icon,
  keys,
  run,
  stays = false,
  always = false,
  children,
}: {
  /** What is matched with what is typed; must differ from all others. */
  value: string;
  icon: ReactNode;
  keys?: string;
  run: () => void;
  /** The item itself says what is open next. */
  stays?: boolean;
  /** Shown whatever is typed. */
  always?: boolean;
  children: ReactNode;
}) {
  const done = use(Done);
  return (
    <Command.Item
      value={value}
      forceMount={always}
      onSelect={() => {
        if (!stays) done();
        run();
      }}
      className="flex min-h-9 cursor-default items-center gap-3 rounded-control px-2 text-body data-[selected=true]:bg-surface-3 pointer-coarse:min-h-11"
    >
      <span aria-hidden className="grid size-4 shrink-0 place-items-center text-ink-3">
        {icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys && <Keys keys={keyCaps(keys)} />}
    </Command.Item>
  );
}
