import { useConnection } from "@skein/client/react";

/** The signed-in user's own board, on which all of their threads are; `null` until the server has said who one is. */
export function useMyBoard(): string | null {
  return useConnection().hello?.user.board ?? null;
}
