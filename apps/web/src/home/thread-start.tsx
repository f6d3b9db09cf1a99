import { SkeinError } from "@skein/client";
import { useEffect } from "react";
import { useMyBoard } from "../app/me.ts";
import { part, type Meantime } from "../ui/part.tsx";
import { sayFailed } from "../ui/toasts.tsx";
import { end, useStart } from "./start.ts";

/** What starts a thread. */
export const ThreadStarter = part(() => import("./thread-starter.tsx"), Unloaded, "stays");

/** Sees to it that a thread that is wanted is started, also where its form was left. Draws nothing. */
export function ThreadStart() {
  const { state } = useStart();
  const board = useMyBoard();
  return state === "wanted" && board !== null ? <ThreadStarter board={board} /> : null;
}

function Unloaded({ failure }: { board: string } & Meantime) {
  useEffect(() => {
    if (failure === null) return;
    end(new SkeinError("busy", failure.message, { retry: "later", cause: failure }));
    sayFailed("The thread was not started.", failure);
  }, [failure]);
  return null;
}
