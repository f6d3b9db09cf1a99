import { Command, Plus, Search, Settings } from "lucide-react";
import { Page, PageHeading } from "../app/page.tsx";
import { navigate } from "../app/router.tsx";
import { useMyBoard } from "../app/me.ts";
import { AwaitingBoard } from "../app/awaiting-board.tsx";
import { useLayout } from "../lib/use-media.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { NewThreadPage } from "./new-thread-page.tsx";
import { ThreadGroups } from "./thread-groups.tsx";

/** The first page: all threads by what they need. Where the rail shows them already, a new thread. */
export function HomePage({ onPalette }: { onPalette: () => void }) {
  const layout = useLayout();
  const board = useMyBoard();
  if (layout === "wide") return <NewThreadPage home />;
  return (
    <Page
      title="Threads"
      back={null}
      header={
        <>
          {/* Beside the longest that the connection has to say, the buttons come first. */}
          <span className="flex min-w-0 flex-1 items-center gap-2 overflow-hidden">
            {layout === "narrow" && <Mark className="ml-2 size-5 shrink-0 text-accent" />}
            <PageHeading>Threads</PageHeading>
          </span>
          {layout === "narrow" && (
            <span className="flex shrink-0">
              <IconButton label="Commands" onClick={onPalette}>
                <Command size={18} aria-hidden />
              </IconButton>
              <IconButton label="Search" onClick={() => navigate("/search")}>
                <Search size={18} aria-hidden />
              </IconButton>
              <IconButton label="Settings" onClick={() => navigate("/settings")}>
                <Settings size={18} aria-hidden />
              </IconButton>
              <IconButton label="New thread" onClick={() => navigate("/new")}>
                <Plus size={20} aria-hidden />
              </IconButton>
            </span>
          )}
          {layout === "medium" && (
            <Button size="small" onClick={() => navigate("/new")}>
              <Plus size={14} aria-hidden /> New thread
            </Button>
          )}
        </>
      }
    >
      <div className="h-full overflow-y-auto pb-safe">
        <div className="mx-auto max-w-(--measure)">
          {board === null ? (
            <AwaitingBoard />
          ) : (
            <ThreadGroups
              board={board}
              dense={false}
              whenEmpty={
                <Button variant="primary" onClick={() => navigate("/new")}>
                  New thread
                </Button>
              }
            />
          )}
        </div>
      </div>
    </Page>
  );
}
