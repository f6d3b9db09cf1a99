import type { HelloResult } from "@skein/client";
import { useConnection } from "@skein/client/react";
import { useEffect } from "react";
import { store, stored, useStored, type Entry } from "../lib/device-storage.ts";

type Me = HelloResult["user"];

/** Who was signed in here last: without it, nobody knows offline whose threads to show. */
const ME: Entry<Me | null> = {
  name: "me",
  read(value) {
    const { id, name, board } = (value ?? {}) as Partial<Record<keyof Me, unknown>>;
    return typeof id === "string" && typeof name === "string" && typeof board === "string" ? { id, name, board } : null;
  },
};

/** The signed-in user; the last one until the server has said who it is, and `null` when there is none. */
export function useMe(): Me | null {
  const [last] = useStored(ME);
  return useConnection().hello?.user ?? last;
}

/** The signed-in user's own board, on which all of their threads are; `null` until that is known. */
export function useMyBoard(): string | null {
  return useMe()?.board ?? null;
}

/** Remembers who is signed in, for as long as the server lets them in. */
export function useRememberMe(): void {
  const { hello, state } = useConnection();
  const user = hello?.user;
  useEffect(() => {
    if (state === "stopped") store(ME, null);
    else if (user && JSON.stringify(user) !== JSON.stringify(stored(ME))) store(ME, user);
  }, [user, state]);
}
