import { CircleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import { copyText } from "../lib/copy-text.ts";
import { Button } from "./button.tsx";

/** Rows that stand for what is loading; they show after 150 ms only. */
export function SkeletonRows({ rows, label }: { rows: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-3 p-4">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="space-y-2">
          <div className="skeleton h-3.5" style={{ width: `${[62, 48, 74, 55][row % 4]}%` }} />
          <div className="skeleton h-3" style={{ width: `${[84, 72, 58, 90][row % 4]}%` }} />
        </div>
      ))}
    </div>
  );
}

/** Nothing is there: one sentence, and the one action. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-4 px-6 py-12 text-center text-body text-ink-2">
      <p className="max-w-80">{children}</p>
      {action}
    </div>
  );
}

/** What went wrong, what to do, a way to try again, and the technical detail, folded. */
export function ErrorNote({
  title,
  children,
  detail,
  onRetry,
  retryName = "Try again",
}: {
  title: string;
  /** Why, and what to do. */
  children?: ReactNode;
  /** For those who look into it; can be copied. */
  detail?: string | undefined;
  onRetry?: (() => void) | undefined;
  retryName?: string;
}) {
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  const copy = async (text: string): Promise<void> => {
    try {
      await copyText(text);
      setCopied("yes");
    } catch {
      setCopied("no");
    }
  };
  return (
    <div
      role="alert"
      className="rounded-panel border border-fail-line bg-fail-soft px-4 py-3 text-body [overflow-wrap:anywhere]"
    >
      <p className="flex items-center gap-2 font-medium text-fail">
        <CircleAlert size={16} aria-hidden className="shrink-0" />
        {title}
      </p>
      {children && <div className="mt-1 text-ink-1">{children}</div>}
      {detail && (
        <details className="mt-2 text-small text-ink-2">
          <summary className="cursor-pointer select-none">Details</summary>
          <pre className="mt-2 max-h-48 overflow-auto font-mono text-meta whitespace-pre-wrap">{detail}</pre>
          <Button size="small" variant="quiet" className="mt-1 -ml-2" onClick={() => void copy(detail)}>
            {copied === "yes"
              ? "Copied"
              : copied === "no"
                ? "The browser refused; select the text instead"
                : "Copy details"}
          </Button>
        </details>
      )}
      {onRetry && (
        <Button size="small" className="mt-3" onClick={onRetry}>
          {retryName}
        </Button>
      )}
    </div>
  );
}
