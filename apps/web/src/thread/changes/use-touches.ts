import { threadTopic, type Item, type Watch } from "@skein/client";
import { useClient, useTimeline } from "@skein/client/react";
import { useEffect, useMemo, useState } from "react";
import { changesOf } from "../diff/change.ts";
import { touchesOf, type Touch } from "./net-changes.ts";

/** Changes when a tool call's changes of files count, or count anew. */
function diffTrait({ kind, value }: Item): string {
  if (kind !== "tool" || value.status !== "completed") return "";
  const { length } = changesOf(value);
  return length === 0 ? "" : `${length}`;
}

/** The files that the loaded part of the thread touched, and how to load what came before. */
export function useTouches(thread: string): {
  touches: readonly Touch[];
  hasOlder: boolean;
  loading: boolean;
  loadOlder: () => void;
} {
  const client = useClient();
  const { items, hasOlder, loadOlder, loadingOlder } = useTimeline(thread, diffTrait);
  const [watch, setWatch] = useState<Watch | null>(null);
  useEffect(() => {
    const made = client.watch(threadTopic(thread));
    setWatch(made);
    return () => made.release();
  }, [client, thread]);
  const touching = items.filter(({ trait }) => trait !== "");
  const names = touching.map(({ id, trait }) => `${id} ${trait}`).join();
  const touches = useMemo(() => {
    if (watch === null) return [];
    return touchesOf(
      touching.flatMap(({ id }) => {
        const value = watch.replica.get("tool", id);
        return value ? [{ id, value }] : [];
      }),
    );
  }, [watch, names]);
  return { touches, hasOlder, loading: loadingOlder, loadOlder: () => void loadOlder() };
}
