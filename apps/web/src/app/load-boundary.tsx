import { Component, type ReactNode } from "react";
import { ErrorNote } from "../ui/states.tsx";
import { sayFailed } from "../ui/toasts.tsx";

type Props = { children: ReactNode; quiet?: boolean; onFailed?: () => void };

/**
 * Catches what a page throws: as a rule a part of the app that could not be loaded, offline or because the server has a
 * newer build. The rest of the app stays, and around the whole app this page does. `quiet` says it in a toast instead of on the page.
 */
export class LoadBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown): void {
    if (!this.props.quiet) return;
    sayFailed("This part of Skein could not be loaded.", error);
    this.props.onFailed?.();
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (this.props.quiet) return null;
    return (
      <main className="grid h-full flex-1 place-items-center bg-surface-2 p-6">
        <div className="w-full max-w-120">
          <LoadFailure error={error} />
        </div>
      </main>
    );
  }
}

/** Why a page, or a part of one, is not there, and what to do. */
export function LoadFailure({ error }: { error: Error }) {
  return (
    <ErrorNote
      title={isLoadFailure(error) ? "This page could not be loaded" : "This page could not be shown"}
      detail={error.stack ?? error.message}
      onRetry={() => location.reload()}
      retryName="Reload"
    >
      {isLoadFailure(error)
        ? "This device has no copy of it yet, and the server is out of reach or was updated meanwhile. Reload once the server is back."
        : "Something in it failed. What you did before is safe on the server."}
    </ErrorNote>
  );
}

/** What browsers throw when an `import()` finds nothing; each has its own words. */
const isLoadFailure = (error: Error): boolean => /import|module|chunk|fetch/i.test(error.message);
