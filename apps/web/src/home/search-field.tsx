import { MAX_SEARCH_UNITS } from "@skein/client/protocol";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Search, X } from "lucide-react";
import { capsOf } from "../app/keyboard.ts";
import { navigate, readRoute } from "../app/router.tsx";
import { isComposing } from "../lib/composing.ts";
import { whenFound } from "./found.ts";
import { IconButton } from "../ui/button.tsx";
import { Keys } from "../ui/keys.tsx";

export const SEARCH_FIELD_ID = "search";

/** What is found, in order: the links of the list that bears this attribute. */
const RESULTS = "[data-results] a";

/** How long typing must rest before it becomes the address: browsers bound how often that may change. In milliseconds. */
const RESTS_MS = 120;

/** Moves the focus from result to result, and from the first back to the field. */
export function moveInResults(event: KeyboardEvent<HTMLElement>): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const links = [...document.querySelectorAll<HTMLElement>(RESULTS)];
  const at = links.findIndex((link) => link === document.activeElement);
  if (by === 0 || at < 0) return;
  event.preventDefault();
  const next = at + by < 0 ? document.getElementById(SEARCH_FIELD_ID) : links[at + by];
  next?.focus();
}

/** The field that searches everything. What is typed is the address, so that a search can be gone back to and sent. */
export function SearchField({ text, autoFocus = false }: { text: string; autoFocus?: boolean }) {
  const [typed, setTyped] = useState(text);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);

  // The address changed by itself, as by "back": it says what is in the field, unless the person is just typing.
  useEffect(() => {
    if (waiting.current === null) setTyped(text);
  }, [text]);
  const leave = useRef(() => {});
  useEffect(
    () => () => {
      clearTimeout(waiting.current ?? undefined);
      leave.current();
    },
    [],
  );

  const search = (next: string, restsMs = RESTS_MS): void => {
    const from = location.href;
    setTyped(next);
    stay();
    clearTimeout(waiting.current ?? undefined);
    const go = (): void => {
      waiting.current = null;
      // Who has gone elsewhere meanwhile is not called back.
      if (location.href !== from) return;
      const path = next === "" ? "/search" : `/search?q=${encodeURIComponent(next)}`;
      navigate(path, { replace: readRoute(location).page === "search" });
    };
    if (restsMs === 0) go();
    else waiting.current = setTimeout(go, restsMs);
  };
  /** Whoever asks for the first result before it was found gets it then, unless they type on or go elsewhere. */
  const goToFirst = (): void => {
    if (typed.trim() === "") return;
    search(typed, 0);
    leave.current = whenFound(typed, () => document.querySelector<HTMLElement>(RESULTS)?.focus());
  };
  const stay = (): void => leave.current();
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        goToFirst();
      }}
      className="relative text-ink-3 focus-within:text-ink-2"
    >
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2" />
      <input
        id={SEARCH_FIELD_ID}
        type="search"
        dir="auto"
        aria-label="Search everything"
        placeholder="Search everything"
        value={typed}
        maxLength={MAX_SEARCH_UNITS}
        autoFocus={autoFocus}
        autoComplete="off"
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          goToFirst();
        }}
        onBlur={stay}
        className="peer h-8 w-full rounded-control border border-line bg-surface-2 pr-8 pl-8 text-small text-ink-1 hover:border-line-strong focus:border-accent focus:outline-1 focus:-outline-offset-1 focus:outline-accent pointer-coarse:h-11 [&::-webkit-search-cancel-button]:appearance-none"
      />
      {typed === "" ? (
        <span className="absolute top-1/2 right-2 -translate-y-1/2 peer-focus:hidden">
          <Keys keys={capsOf("search")} />
        </span>
      ) : (
        <IconButton
          label="Clear the search"
          onClick={() => {
            search("");
            document.getElementById(SEARCH_FIELD_ID)?.focus();
          }}
          className="absolute top-1/2 right-0.5 -translate-y-1/2"
        >
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </form>
  );
}
