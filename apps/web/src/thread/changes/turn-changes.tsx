import type { Item } from "@skein/client";
import { useTimeline } from "@skein/client/react";
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { changesOf } from "../diff/change.ts";
import { plural } from "../lib/words.ts";
import { useShowChanges } from "./show-changes.ts";

const TurnChangesContext = createContext<ReadonlyMap<string, number>>(new Map());

/** The paths of the files that a tool call changed, a line each. */
function pathsTrait({ kind, value }: Item): string {
  if (kind !== "tool" || value.status !== "completed") return "";
  return changesOf(value)
    .map(({ path }) => path)
    .join("\n");
}

/** Counts the files that each loaded turn changed, for the lines that close them. */
export function TurnChangesProvider({ thread, children }: { thread: string; children: ReactNode }) {
  const { items } = useTimeline(thread, pathsTrait);
  const counts = useMemo(() => {
    const files = new Map<string, Set<string>>();
    for (const { turn, trait } of items) {
      if (trait === "" || turn === undefined) continue;
      const paths = files.get(turn) ?? new Set();
      for (const path of trait.split("\n")) paths.add(path);
      files.set(turn, paths);
    }
    return new Map([...files].map(([turn, paths]) => [turn, paths.size]));
  }, [items]);
  return <TurnChangesContext value={counts}>{children}</TurnChangesContext>;
}

/** How many files a turn changed, as the way to see them; nothing where it changed none. */
export function TurnChanges({ turn }: { turn: string }) {
  const showChanges = useShowChanges();
  const count = useContext(TurnChangesContext).get(turn) ?? 0;
  if (count === 0) return null;
  return (
    <>
      <button
        type="button"
        onClick={() => showChanges()}
        className="inline-flex min-h-6 items-center rounded-control text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink-1 pointer-coarse:min-h-11"
      >
        {plural(count, "file")} changed
      </button>
      <span aria-hidden>·</span>
    </>
  );
}
