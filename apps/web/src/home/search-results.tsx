import { useLayoutEffect, useRef } from "react";
import { useLostFocus } from "../lib/lost-focus.ts";
import { MAX_SEARCH_UNITS } from "@skein/client/protocol";
import { useBoard, useSearch, type Card, type SearchHit } from "@skein/client/react";
import { Link, threadPath } from "../app/router.tsx";
import { useMyBoard } from "../app/me.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { Button } from "../ui/button.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Empty, ErrorNote, SkeletonRows } from "../ui/states.tsx";
import { setFound } from "./found.ts";
import { plainText } from "./plain-text.ts";
import { ThreadRow } from "./thread-row.tsx";
import { visible } from "../ui/visible-text.tsx";

/** How many threads are named before what was said in them. */
const MAX_TITLES = 8;

/** What is found for a text; threads whose title fits come first. */
export default function SearchResults({ text }: { text: string }) {
  const board = useMyBoard();
  if (text.trim() === "") {
    return (
      <Empty>Type what was said, what was done, or the name of a file. Everything in every thread is searched.</Empty>
    );
  }
  return board === null ? <AwaitingBoard /> : <Results board={board} text={text} />;
}

function Results({ board, text }: { board: string; text: string }) {
  const { cards } = useBoard(board);
  const { text: searched, hits, pending, error, hasMore, loadMore } = useSearch(text, { board, delayMs: 0 });
  const byThread = new Map(cards.map((card) => [card.id, card]));
  const titles = titlesWith(cards, text);
  const stale = searched !== text;
  // A title that fits stands above already.
  const named = new Set(titles.map(({ id }) => `thread:${id}`));
  const told = hits.filter(({ kind, topic }) => kind !== "thread" || !named.has(topic));
  const nothing = told.length === 0 && !pending && error === null && !stale;
  // Old ones stand until the new ones come: who asks for the first result does not mean them.
  const list = useRef<HTMLUListElement>(null);
  const before = useRef(0);
  // Once there are no older ones to come, at the first that came.
  const lostFocus = useLostFocus(() => list.current?.children[before.current]?.querySelector("a")?.focus());
  const isFound = titles.length > 0 || (!stale && !pending);
  useLayoutEffect(() => {
    setFound(isFound ? text : null);
    return () => setFound(null);
  }, [isFound, text]);
  return (
    <>
      {text.length >= MAX_SEARCH_UNITS - 1 && (
        <p role="status" className="px-3 pb-3 text-small text-ink-2">
          Only the first {MAX_SEARCH_UNITS.toLocaleString("en")} characters are searched for.
        </p>
      )}
      {titles.length > 0 && (
        <section aria-label="Threads" className="mb-6">
          <h2 className="px-3 pb-1 text-meta font-medium text-ink-3">Threads</h2>
          <ul>
            {titles.map((card) => (
              <ThreadRow key={card.id} card={card} dense={false} unread={false} selected={false} />
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Found in threads" aria-busy={pending}>
        {!nothing && <h2 className="px-3 pb-1 text-meta font-medium text-ink-3">Found in threads</h2>}
        {error && (
          <ErrorNote title="The search failed" onRetry={loadMore}>
            {error.message}
          </ErrorNote>
        )}
        <ul ref={list} className={stale ? "opacity-60" : undefined}>
          {told.map((hit) => (
            <Hit key={`${hit.topic} ${hit.kind} ${hit.id}`} hit={hit} card={byThread.get(hit.topic.slice(7))} />
          ))}
        </ul>
        {hits.length === 0 && pending && <SkeletonRows rows={4} label="Searching" />}
        {nothing && (
          <p role="status" className="px-3 py-2 text-body text-ink-2">
            Nothing that was said or done has “{text.trim()}” in it.
          </p>
        )}
        {hasMore && (
          <Button
            {...lostFocus}
            variant="quiet"
            className="mt-2 w-full"
            aria-disabled={pending}
            onClick={() => {
              if (!pending) before.current = told.length;
              loadMore();
            }}
          >
            Older ones
          </Button>
        )}
      </section>
    </>
  );
}

function titlesWith(cards: readonly Card[], text: string): readonly Card[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return cards
    .filter(({ value }) => {
      const name = `${value.title} ${value.cwd} ${value.agent}`.toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .slice(0, MAX_TITLES);
}

/** What each kind of item is called in a list of hits. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["message", "Message"],
  ["tool", "Tool call"],
  ["plan", "Plan"],
  ["notice", "Notice"],
  ["terminal", "Terminal"],
  ["permission", "Permission"],
  ["question", "Question"],
  ["thread", "Title"],
]);

function Hit({ hit, card }: { hit: SearchHit; card: Card | undefined }) {
  const thread = hit.topic.slice("thread:".length);
  return (
    <li>
      <Link
        to={threadPath(thread, hit.pos === null ? undefined : hit.id)}
        className="block rounded-control px-3 py-2 outline-offset-[-2px] hover:bg-surface-3/60"
      >
        <span className="flex items-baseline gap-2 text-meta text-ink-3">
          <span dir="auto" className="min-w-0 truncate font-medium text-ink-2">
            {visible(card?.value.title ?? thread, { words: true })}
          </span>
          <span className="shrink-0">{KINDS.get(hit.kind) ?? hit.kind}</span>
          <span className="flex-1" />
          <RelativeTime at={hit.ts} className="shrink-0 tabular-nums" />
        </span>
        <span dir="auto" className="line-clamp-2 text-small break-words text-ink-1">
          {marked(plainText(hit.snippet))}
        </span>
      </Link>
    </li>
  );
}

/** The hit stands between U+0002 and U+0003 (protocol, `search`). */
function marked(snippet: string) {
  return snippet.split("\u0002").map((part, index) => {
    const [hit = "", rest] = part.split("\u0003");
    if (index === 0 || rest === undefined) return visible(part, { words: true });
    return (
      <span key={index}>
        <mark className="rounded-[3px] bg-accent-soft font-medium text-accent">{visible(hit, { words: true })}</mark>
        {visible(rest, { words: true })}
      </span>
    );
  });
}
