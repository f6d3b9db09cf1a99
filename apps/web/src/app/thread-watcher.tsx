import { useBoard } from "@skein/client/react";
import { useEffect } from "react";
import { markSeen } from "../home/unread.ts";

/** Remembers of the thread on show that it was seen. Draws nothing. */
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
  return null;
}
