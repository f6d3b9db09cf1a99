import { Page, PageHeading } from "../app/page.tsx";
import { useLayout } from "../lib/use-media.ts";
import { SkeletonRows } from "../ui/states.tsx";
import { part } from "../ui/part.tsx";
import { moveInResults, SearchField } from "./search-field.tsx";

/** What is found, loaded when it is first shown. */
export const SearchResults = part(
  () => import("./search-results.tsx"),
  () => <SkeletonRows rows={4} label="Loading" />,
);

/**
 * Everything that was said and done, searched. Its field is there with the page, whatever is still to be loaded: who
 * comes by a key types on at once.
 */
export function SearchPage({ text }: { text: string }) {
  const layout = useLayout();
  return (
    <Page
      title={text === "" ? "Search" : `Search: ${text}`}
      header={
        layout === "wide" ? (
          <PageHeading>Search</PageHeading>
        ) : (
          <div className="min-w-0 flex-1">
            <h1 className="sr-only">Search</h1>
            <SearchField text={text} autoFocus />
          </div>
        )
      }
    >
      <div className="h-full overflow-y-auto pb-safe">
        <div data-results className="mx-auto max-w-(--measure) px-4 py-4" onKeyDown={moveInResults}>
          <SearchResults text={text} />
        </div>
      </div>
    </Page>
  );
}
