import { useEffect, useState } from "react";
import { HomePage } from "../home/home-page.tsx";
import { NewThreadForm, NewThreadPage } from "../home/new-thread-page.tsx";
import { Rail } from "../home/rail.tsx";
import { ThreadStart, ThreadStarter } from "../home/thread-start.tsx";
import { SearchPage, SearchResults } from "../home/search-page.tsx";
import { part } from "../ui/part.tsx";
import { useLayout } from "../lib/use-media.ts";
import { whenIdle } from "../lib/when-idle.ts";
import { Announcements } from "./announcements.tsx";
import { AppActions } from "./app-actions.tsx";
import { AllKeys, KeyboardHelp } from "./keyboard-help.tsx";
import { LoadBoundary } from "./load-boundary.tsx";
import { MissingPage } from "./missing-page.tsx";
import { ServerProblem } from "./server-problem.tsx";
import { BlankPage } from "./page.tsx";
import { Palette, PaletteContent } from "./palette.tsx";
import { useRoute, type Route } from "./router.tsx";

const ThreadPage = part(() => import("../thread/thread-page.tsx"), BlankPage);
const SettingsPage = part(() => import("./settings/settings-page.tsx"), BlankPage);

/** What a person is likely to open next, the likeliest first. */
const NEXT = [ThreadPage, PaletteContent, NewThreadForm, ThreadStarter, SearchResults, SettingsPage, AllKeys];
/** By then the page that was asked for is drawn. */
const NEXT_AFTER_MS = 1_500;

/** The app's frame: the rail, the page, and what opens over them. On narrow screens the pages stand alone. */
export function Frame() {
  const route = useRoute();
  const layout = useLayout();
  const [over, setOver] = useState<"palette" | "help" | null>(null);
  const close = (): void => setOver(null);
  const openPalette = (): void => setOver("palette");
  useEffect(() => {
    let cancel = (): void => {};
    const loadFrom = (at: number): void => {
      const next = NEXT[at];
      if (next === undefined) return;
      const load = async (): Promise<void> => {
        // Offline it may not be there: whoever opens it then is told so.
        await next.load().catch(() => {});
        loadFrom(at + 1);
      };
      cancel = whenIdle(() => void load());
    };
    const timer = setTimeout(() => loadFrom(0), NEXT_AFTER_MS);
    return () => {
      clearTimeout(timer);
      cancel();
    };
  }, []);
  return (
    <div className="flex h-(--app-height) flex-col overflow-hidden px-safe">
      <ServerProblem />
      <div className="flex min-h-0 flex-1">
        <a
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById("main")?.focus();
          }}
          className="absolute top-2 left-2 z-50 -translate-y-16 rounded-control bg-accent-fill px-3 py-2 text-accent-ink focus:translate-y-0"
        >
          Skip to content
        </a>
        {layout !== "narrow" && (
          <Rail folded={layout === "medium"} onPalette={openPalette} onHelp={() => setOver("help")} />
        )}
        {/* What one page throws, another may not. */}
        <LoadBoundary key={route.page === "thread" ? `thread ${route.thread}` : route.page}>
          {pageOf(route, openPalette)}
        </LoadBoundary>
      </div>
      <ThreadStart />
      <Announcements />
      <AppActions onPalette={openPalette} onHelp={() => setOver("help")} />
      <LoadBoundary key={over} quiet onFailed={close}>
        {over === "palette" && <Palette onClose={close} />}
        {over === "help" && <KeyboardHelp onClose={close} />}
      </LoadBoundary>
    </div>
  );
}

function pageOf(route: Route, onPalette: () => void) {
  switch (route.page) {
    case "home":
      return <HomePage onPalette={onPalette} />;
    case "new":
      return <NewThreadPage />;
    case "search":
      return <SearchPage text={route.text} />;
    case "thread":
      return <ThreadPage thread={route.thread} />;
    case "settings":
      return <SettingsPage />;
    case "missing":
      return <MissingPage />;
    case "pair":
      return null;
    default:
      return route satisfies never;
  }
}
