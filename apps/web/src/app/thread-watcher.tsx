import { useBoard, useThread } from "@skein/client/react";
import { useEffect } from "react";
import { AGENT_OPTIONS } from "../home/remembered.ts";
import { markSeen } from "../home/unread.ts";
import { store, stored } from "../lib/device-storage.ts";

/** Remembers of the thread on show that it was seen, and what its agent offers. Draws nothing. */
export function ThreadWatcher({ board, thread }: { board: string; thread: string }) {
  const { cards } = useBoard(board);
  const card = cards.find(({ id }) => id === thread);
  const updatedAt = card?.value.updatedAt;
  useEffect(() => {
    if (updatedAt === undefined) return undefined;
    const look = (): void => {
      if (document.visibilityState === "visible") markSeen(thread, updatedAt);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [thread, updatedAt]);

  const { thread: value } = useThread(thread);
  useEffect(() => {
    if (value === undefined || (value.modes === undefined && value.config === undefined)) return;
    const { agent, modes, config } = value;
    const known = stored(AGENT_OPTIONS);
    if (JSON.stringify(known[agent]) === JSON.stringify({ modes, config })) return;
    store(AGENT_OPTIONS, { ...known, [agent]: { modes, config } });
  }, [value]);
  return null;
}
