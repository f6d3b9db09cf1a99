import { ArrowLeft } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { useLayout } from "../lib/use-media.ts";
import { IconButton } from "../ui/button.tsx";
import { useArrival } from "./arrival.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { setPageTitle } from "./document-title.ts";
import { goBack } from "./router.tsx";
import { SidePanel } from "./side-panel.tsx";
import { spelledOut } from "../lib/hidden-characters.ts";

export type PageProps = {
  /** The document's title, and the name of the page's region. */
  title: string;
  /** Whether that is the title only until what the page shows is there. */
  loading?: boolean;
  /** What stands in the header, left of the connection: a heading, switches, a menu. */
  header: ReactNode;
  /** Where "back" goes on narrow screens when there is nothing behind; `null` for the first page. */
  back?: string | null;
  /** The side panel's content; shown while `panelOpen`. Beside the page where it is wide, over it else. */
  panel?: ReactNode;
  panelTitle?: string;
  panelOpen?: boolean;
  onPanelClose?: () => void;
  children: ReactNode;
};

/**
 * A page of the app: header, content, side panel. The content fills what is left of the height and scrolls in itself:
 * give it one scrolling child, or an element with `overflow-y-auto h-full`.
 */
export function Page({
  title,
  loading = false,
  header,
  back = "/",
  panel,
  panelTitle = "Panel",
  panelOpen = false,
  onPanelClose = () => {},
  children,
}: PageProps) {
  const layout = useLayout();
  useEffect(() => {
    setPageTitle(title);
  }, [title]);
  useArrival(loading);
  return (
    <div className="flex h-full min-w-0 flex-1">
      <div className="flex h-full min-w-0 flex-1 flex-col bg-surface-2 pt-safe">
        <header className="@container/header flex h-12 shrink-0 items-center gap-2 border-b border-line pr-3 pl-4 max-medium:gap-1 max-medium:pr-1 max-medium:pl-1 pointer-coarse:h-14 low:h-9 low:pointer-coarse:h-11">
          {layout === "narrow" && back !== null && (
            <IconButton label="Back" onClick={() => goBack(back)}>
              <ArrowLeft size={18} aria-hidden />
            </IconButton>
          )}
          <div className="flex min-w-0 flex-1 items-center gap-2">{header}</div>
          <ConnectionBadge />
        </header>
        <main id="main" tabIndex={-1} aria-label={spelledOut(title)} className="relative min-h-0 flex-1 outline-none">
          {children}
        </main>
      </div>
      {panel !== undefined && (
        <SidePanel title={panelTitle} open={panelOpen} onClose={onPanelClose} layout={layout}>
          {panel}
        </SidePanel>
      )}
    </div>
  );
}

/** The heading in a page's header. */
export function PageHeading({ children }: { children: ReactNode }) {
  return <h1 className="truncate text-body font-semibold">{children}</h1>;
}

/** Where a page will be, until it is loaded. */
export const BlankPage = () => <div className="h-full flex-1 bg-surface-2" />;
