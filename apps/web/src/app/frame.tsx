import { lazy, Suspense, useEffect, useState } from "react";
import { HomePage } from "../home/home-page.tsx";
import { Rail } from "../home/rail.tsx";
import { useLayout } from "../lib/use-media.ts";
import { whenIdle } from "../lib/when-idle.ts";
import { Announcements } from "./announcements.tsx";
import { AppActions } from "./app-actions.tsx";
import { LoadBoundary } from "./load-boundary.tsx";
import { MissingPage } from "./missing-page.tsx";
import { useRoute, type Route } from "./router.tsx";

/** Loaded when they are first gone to. */
const ThreadPage = lazy(() => import("../thread/thread-page.tsx"));
const SettingsPage = lazy(() => import("./settings/settings-page.tsx"));
const SearchPage = lazy(() => import("../home/search-page.tsx"));
const NewThreadPage = lazy(() => import("../home/new-thread-page.tsx"));
const loadPalette = () => import("./palette.tsx");
const Palette = lazy(loadPalette);
const PALETTE_AFTER_MS = 1_500;
const KeyboardHelp = lazy(() => import("./keyboard-help.tsx"));

/** The app's frame: the rail, the page, and what opens over them. On narrow screens the pages stand alone. */
export function Frame() {
  const route = useRoute();
  const layout = useLayout();
  const [over, setOver] = useState<"palette" | "help" | null>(null);
  const close = (): void => setOver(null);
  // Who opens it types on at once: it is there by then, and in nobody's way while the page is still to be drawn. Offline
  // it may not be, and says so when it is opened.
  useEffect(() => {
    const timer = setTimeout(() => whenIdle(() => void loadPalette().catch(() => {})), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex h-(--app-height) overflow-hidden px-safe">
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
        <Rail folded={layout === "medium"} onPalette={() => setOver("palette")} onHelp={() => setOver("help")} />
      )}
      <LoadBoundary key={route.page}>
        <Suspense fallback={<div className="h-full flex-1 bg-surface-2" />}>{pageOf(route)}</Suspense>
      </LoadBoundary>
      <Announcements />
      <AppActions onPalette={() => setOver("palette")} onHelp={() => setOver("help")} />
      <LoadBoundary key={over} quiet onFailed={close}>
        <Suspense>
          {over === "palette" && <Palette onClose={close} />}
          {over === "help" && <KeyboardHelp onClose={close} />}
        </Suspense>
      </LoadBoundary>
    </div>
  );
}

function pageOf(route: Route) {
  switch (route.page) {
    case "home":
      return <HomePage />;
    case "new":
      return <NewThreadPage />;
    case "search":
      return <SearchPage text={route.text} />;
    case "thread":
      return <ThreadPage key={route.thread} thread={route.thread} />;
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
