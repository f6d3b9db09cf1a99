import { useBoard } from "@skein/client/react";
import { useEffect } from "react";
import { SEARCH_FIELD_ID } from "../home/search-field.tsx";
import { setWaitingCount } from "./document-title.ts";
import { navigate, threadPath, useRoute } from "./router.tsx";
import { useShortcuts } from "./shortcuts.tsx";
import { ThreadWatcher } from "./thread-watcher.tsx";
import { useMyBoard } from "./me.ts";

/** The shortcuts that hold everywhere, and those from thread to thread. Draws nothing. */
export function AppShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const board = useMyBoard();
  const route = useRoute();
  useShortcuts([
    { keys: "mod+k", label: "Commands", group: "Everywhere", whileTyping: true, run: onPalette },
    { keys: "n", label: "New thread", group: "Everywhere", run: () => navigate("/new") },
    { keys: "/", label: "Search everything", group: "Everywhere", run: goToSearch },
    { keys: "?", label: "All shortcuts", group: "Everywhere", run: onHelp },
  ]);
  if (board === null) return null;
  return (
    <>
      <ThreadShortcuts board={board} />
      {route.page === "thread" && <ThreadWatcher board={board} thread={route.thread} />}
    </>
  );
}

function goToSearch(): void {
  const field = document.getElementById(SEARCH_FIELD_ID);
  if (field) field.focus();
  else navigate("/search");
}

function ThreadShortcuts({ board }: { board: string }) {
  const { groups } = useBoard(board);
  const route = useRoute();
  const waiting = groups.needsYou.length;
  useEffect(() => setWaitingCount(waiting), [waiting]);
  // In the order of the list, so that the keys go up and down in it.
  const ids = [...groups.needsYou, ...groups.running, ...groups.recent].map(({ id }) => id);
  const step = (by: 1 | -1): void | boolean => {
    const at = route.page === "thread" ? ids.indexOf(route.thread) : -1;
    const next = at < 0 ? ids[by > 0 ? 0 : ids.length - 1] : ids[at + by];
    if (next === undefined) return false;
    navigate(threadPath(next));
  };
  useShortcuts([
    { keys: "[", label: "Previous thread", group: "Threads", run: () => step(-1) },
    { keys: "]", label: "Next thread", group: "Threads", run: () => step(1) },
  ]);
  return null;
}
