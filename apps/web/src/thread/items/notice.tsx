import type { NoticeEntity } from "@skein/client";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";
import { visible } from "../../ui/visible-text.tsx";

const LOOK = {
  info: { Icon: Info, className: "text-ink-3", said: "Note" },
  warning: { Icon: TriangleAlert, className: "text-wait", said: "Warning" },
  error: { Icon: CircleAlert, className: "text-fail", said: "Error" },
} as const;

/** What the agent or the server lets one know. */
export function Notice({ notice }: { notice: NoticeEntity }) {
  const { Icon, className, said } = LOOK[notice.level];
  return (
    <div className="flex gap-2 py-1.5 text-small text-ink-2">
      <Icon size={14} role="img" aria-label={said} className={classNames("mt-[3px] shrink-0", className)} />
      <div className="min-w-0 flex-1">
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {visible(notice.text, { words: true })}
          {(notice.count ?? 1) > 1 && <span className="text-ink-3 tabular-nums"> ({notice.count} times)</span>}
        </p>
        {notice.detail !== undefined && (
          <details className="mt-1 text-meta text-ink-3">
            <summary className="cursor-pointer">Details</summary>
            <pre className="mt-1 max-h-60 overflow-auto font-mono break-words whitespace-pre-wrap">
              {visible(typeof notice.detail === "string" ? notice.detail : JSON.stringify(notice.detail, null, 2))}
            </pre>
          </details>
        )}
      </div>
    </div>
  );
}
