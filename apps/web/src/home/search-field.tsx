import { Search, X } from "lucide-react";
import { navigate, useRoute } from "../app/router.tsx";
import { IconButton } from "../ui/button.tsx";
import { Keys } from "../ui/keys.tsx";

export const SEARCH_FIELD_ID = "search";

/** The field that searches everything. What is typed is the address, so that a search can be gone back to and sent. */
export function SearchField({ text, autoFocus = false }: { text: string; autoFocus?: boolean }) {
  const route = useRoute();
  const search = (next: string): void =>
    navigate(next === "" ? "/search" : `/search?q=${encodeURIComponent(next)}`, { replace: route.page === "search" });
  return (
    <form
      role="search"
      onSubmit={(event) => event.preventDefault()}
      className="relative text-ink-3 focus-within:text-ink-2"
    >
      <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2" />
      <input
        id={SEARCH_FIELD_ID}
        type="search"
        aria-label="Search everything"
        placeholder="Search everything"
        value={text}
        autoFocus={autoFocus}
        autoComplete="off"
        onChange={(event) => search(event.target.value)}
        className="peer h-8 w-full rounded-control border border-line bg-surface-2 pr-8 pl-8 text-small text-ink-1 hover:border-line-strong focus:border-accent focus:outline-1 focus:-outline-offset-1 focus:outline-accent pointer-coarse:h-11 [&::-webkit-search-cancel-button]:appearance-none"
      />
      {text === "" ? (
        <span className="absolute top-1/2 right-2 -translate-y-1/2 peer-focus:hidden">
          <Keys keys={["/"]} />
        </span>
      ) : (
        <IconButton
          label="Clear the search"
          onClick={() => search("")}
          className="absolute top-1/2 right-0.5 -translate-y-1/2"
        >
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </form>
  );
}
