import { useBoard, useClient, useConnection } from "@skein/client/react";
import { useEffect } from "react";
import { flushSync } from "react-dom";
import { topLayer, whenSettled } from "../lib/layers.ts";
import { SEARCH_FIELD_ID } from "../home/search-field.tsx";
import { useTheme } from "../theme/theme.ts";
import { useActions } from "./actions.tsx";
import { setWaitingCount } from "./document-title.ts";
import { useMyBoard } from "./me.ts";
import { leave } from "./pairing.ts";
import { navigate, threadPath, useRoute } from "./router.tsx";
import { ThreadWatcher } from "./thread-watcher.tsx";

/** What can be done everywhere, and from thread to thread. Draws nothing. */
export function AppActions({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const client = useClient();
  const board = useMyBoard();
  const route = useRoute();
  const { retryNow } = useConnection();
  const [, setTheme] = useTheme();
  useActions([
    { name: "palette", run: onPalette },
    { name: "new", run: () => navigate("/new") },
    { name: "search", run: goToSearch },
    { name: "help", run: onHelp },
    { name: "connection", run: retryNow },
    { name: "settings", run: () => navigate("/settings") },
    { name: "pair", run: () => navigate("/settings", { focus: "pair" }) },
    { name: "light", run: () => setTheme("light") },
    { name: "dark", run: () => setTheme("dark") },
    { name: "system", run: () => setTheme("system") },
    { name: "signOut", run: () => void leave(client) },
  ]);
  if (board === null) return null;
  return (
    <>
      <ThreadsActions board={board} />
      {route.page === "thread" && <ThreadWatcher board={board} thread={route.thread} />}
    </>
  );
}

function goToSearch(): void {
  const field = document.getElementById(SEARCH_FIELD_ID);
  if (field !== null && topLayer() === null) return field.focus();
  // What lies over the page is left with it, and keeps the focus as long as it is there.
  whenSettled(() => {
    flushSync(() => navigate("/search"));
    field?.focus();
  });
}

function ThreadsActions({ board }: { board: string }) {
  const { groups } = useBoard(board);
  const route = useRoute();
  const waiting = groups.needsYou.length;
  useEffect(() => setWaitingCount(waiting), [waiting]);
  const go = (thread: string | undefined): void | false => {
    if (thread === undefined) return false;
    navigate(threadPath(thread));
  };
  const idsOf = (cards: readonly { id: string }[]): string[] => cards.map(({ id }) => id);
  const present = route.page === "thread" ? route.thread : "";
  // In the order of the list, so that the keys go up and down in it.
  const ids = idsOf([...groups.needsYou, ...groups.running, ...groups.recent]);
  const step = (by: 1 | -1): void | false => {
    const at = ids.indexOf(present);
    return go(at < 0 ? ids.at(by > 0 ? 0 : -1) : ids[at + by]);
  };
  const nextWaiting = (): void | false => {
    const waits = idsOf(groups.needsYou);
    const next = waits[waits.indexOf(present) + 1] ?? waits[0];
    return next === present ? false : go(next);
  };
  useActions([
    { name: "previousThread", run: () => step(-1) },
    { name: "nextThread", run: () => step(1) },
    ...(waiting > 0 ? [{ name: "nextWaiting" as const, run: nextWaiting }] : []),
  ]);
  return null;
}
