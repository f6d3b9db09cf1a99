import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useStore } from "./provider.ts";
import { Search, type SearchFor, type SearchState } from "./search.ts";

/** How long typing must rest before it is searched for, in milliseconds. */
const TYPING_RESTS_MS = 150;

/** What is searched, and when. */
export type SearchOptions = Omit<SearchFor, "text"> & {
  /** How long the text must rest before it is searched for, in milliseconds; 150 when absent. */
  delayMs?: number;
};

/** What `useSearch` gives. */
export type SearchView = Omit<SearchState, "next"> & {
  /** Whether there are further hits to load. */
  hasMore: boolean;
  /** Loads the next page; after an error, tries once more what failed. Harmless when there is nothing to load. */
  loadMore: () => void;
};

/**
 * Searches all that was said and done while one types; the newest hits come first (P69).
 *
 * @param text What to look for; nothing is asked while it is blank.
 * @param options One board only, and how many hits (1 to 100, else 20) a page has.
 * @example
 * ```tsx
 * import { useSearch } from "@skein/client/react";
 * import { useState } from "react";
 *
 * function Search() {
 *   const [text, setText] = useState("");
 *   const { hits, hasMore, loadMore } = useSearch(text);
 *   return (
 *     <>
 *       <input value={text} onChange={(event) => setText(event.target.value)} />
 *       {hits.map((hit) => <p key={`${hit.topic} ${hit.kind} ${hit.id}`}>{hit.snippet}</p>)}
 *       {hasMore && <button onClick={loadMore}>More</button>}
 *     </>
 *   );
 * }
 * ```
 */
export function useSearch(text: string, options: SearchOptions = {}): SearchView {
  const { client, clock } = useStore();
  const { board, limit, delayMs = TYPING_RESTS_MS } = options;
  const search = useMemo(() => new Search(client, clock), [client, clock]);
  useEffect(() => {
    const wanted: SearchFor = { text };
    if (board !== undefined) wanted.board = board;
    if (limit !== undefined) wanted.limit = limit;
    search.want(wanted, delayMs);
    return () => search.stop();
  }, [search, text, board, limit, delayMs]);
  const state = useSyncExternalStore(search.subscribe, search.get, search.get);
  return useMemo(() => {
    const { next, ...shown } = state;
    return { ...shown, hasMore: next !== null, loadMore: () => search.more() };
  }, [state, search]);
}
