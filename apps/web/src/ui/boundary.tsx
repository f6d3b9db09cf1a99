import { Component, type ReactNode } from "react";
import { ErrorNote } from "./states.tsx";

type Props = {
  /** What it is, as a sentence begins: "This tool call". */
  what: string;
  children: ReactNode;
  /** What stands in its place; a note with the error when absent. */
  fallback?: ReactNode;
};

/** Keeps a part of a page that cannot be drawn from taking the page with it. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { what, children, fallback } = this.props;
    if (error === null) return children;
    if (fallback !== undefined) return fallback;
    return (
      <div className="py-1">
        <ErrorNote
          title={`${what} cannot be shown`}
          detail={error.stack ?? error.message}
          onRetry={() => this.setState({ error: null })}
        >
          It is safe on the server. The rest of the page works as before.
        </ErrorNote>
      </div>
    );
  }
}
