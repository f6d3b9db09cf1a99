import type { ThreadEntity } from "@skein/client";
import { Tooltip } from "../../ui/tooltip.tsx";
import { money, tokens } from "../lib/words.ts";

/** Above this part of the context window, the meter asks for attention. */
const NEARLY_FULL = 0.85;
/** The least part of the meter, in percent, that can be seen. */
const MIN_SHOWN = 5;

/** How full the agent's context is, as a meter and in words, and what the thread has cost. */
export function Usage({ usage }: { usage: ThreadEntity["usage"] }) {
  if (usage === undefined) return null;
  const { used, size, cost } = usage;
  const part = used !== undefined && size !== undefined && size > 0 ? Math.min(1, used / size) : null;
  const percent = part === null ? null : Math.round(part * 100);
  const paid = cost && cost.amount > 0 ? money(cost) : null;
  if (used === undefined && paid === null) return null;
  const words = [
    used !== undefined && `${tokens(used)}${size === undefined ? "" : ` of ${tokens(size)}`} tokens of context used`,
    paid && `${paid} so far`,
  ].filter(Boolean);
  return (
    <Tooltip text={words.join("; ")}>
      <span
        tabIndex={0}
        className="flex shrink-0 items-center gap-2 rounded-control text-meta whitespace-nowrap text-ink-3 tabular-nums"
      >
        {percent !== null && (
          <>
            <span
              role="meter"
              aria-label="Context used"
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={percent}
              className="h-1 w-10 overflow-hidden rounded-full bg-surface-3"
            >
              {percent > 0 && (
                <span
                  className={`block h-full rounded-full ${part !== null && part > NEARLY_FULL ? "bg-wait-mark" : "bg-ink-3"}`}
                  style={{ width: `${Math.max(MIN_SHOWN, percent)}%` }}
                />
              )}
            </span>
            {percent}%
          </>
        )}
        {percent === null && used !== undefined && tokens(used)}
        {paid && <span>{paid}</span>}
      </span>
    </Tooltip>
  );
}
