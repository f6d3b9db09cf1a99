import type { SkeinError } from "@skein/client";
import { useConnection, type ConnectionView } from "@skein/client/react";
import { useEffect, useState } from "react";
import { classNames } from "../ui/class-names.ts";
import { Tooltip } from "../ui/tooltip.tsx";

/** What the badge says, and how its dot looks. */
type Said = { word: string; more: string; dot: "live" | "busy" | "off" };

/** The connection in a word, with what a person may want to know on hover. Pure, so that tests can ask it everything. */
export function sayConnection(
  view: Pick<ConnectionView, "state" | "behind" | "queued" | "retryAt" | "error">,
  now: number,
): Said {
  const { state, behind, queued, retryAt, error } = view;
  const toSend = queued > 0 ? `, ${queued} to send` : "";
  switch (state) {
    case "idle":
    case "connecting":
      return { word: "connecting", more: "Connecting to the server", dot: "busy" };
    case "catching up":
      return {
        word: behind > 0 ? `catching up, ${behind} behind` : "catching up",
        more: "Connected; what you see may be old for a moment",
        dot: "busy",
      };
    case "live":
      return queued > 0
        ? { word: `sending ${queued}`, more: "Connected; what you gave is on its way", dot: "busy" }
        : { word: "live", more: "Connected; everything is up to date", dot: "live" };
    case "offline": {
      const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000);
      const next = seconds > 0 ? `Tries again in ${seconds} s; press to try now.` : "Trying now.";
      return { word: `offline${toSend}`, more: `${reason(error)} ${next}`, dot: "off" };
    }
    case "stopped":
      return { word: "signed out", more: "The server does not know this device", dot: "off" };
    default:
      return state satisfies never;
  }
}

/** Why there is no connection, without the numbers that say it to machines. A lost one is no news: it is away. */
const reason = (error: SkeinError | null): string =>
  error === null || error.kind === "busy" ? "The server is out of reach." : error.message.replace(/ \(\d+[^)]*\)/, "");

const DOTS = {
  live: "bg-accent",
  busy: "animate-breathe border-[1.5px] border-accent",
  off: "border-[1.5px] border-wait-mark bg-wait-mark",
} as const;

/** How the connection is, as a word with a dot: always visible, never in the way. A press tries at once. */
export function ConnectionBadge() {
  const view = useConnection();
  const now = useSecondsWhile(view.retryAt !== null);
  const { word, more, dot } = sayConnection(view, now);
  const [state = "", ...details] = word.split(/(?=,)/);
  return (
    <Tooltip text={more}>
      <button
        type="button"
        onClick={view.retryNow}
        aria-label={`Connection: ${word}`}
        data-connection={view.state}
        className={classNames(
          "inline-flex h-7 shrink-0 items-center gap-2 rounded-control px-2 text-meta whitespace-nowrap hover:bg-surface-3 pointer-coarse:h-11",
          dot === "off" ? "font-medium text-wait" : "text-ink-2",
        )}
      >
        <span aria-hidden className={classNames("size-2 rounded-full", DOTS[dot])} />
        {/* On narrow screens what is well needs no word. */}
        <span className={dot === "live" ? "max-medium:sr-only" : undefined}>
          {state}
          {/* How much there is to send or to come takes no room from a title on a phone. */}
          <span className="@max-[24rem]/header:sr-only">{details}</span>
        </span>
      </button>
    </Tooltip>
  );
}

/** The time, anew each second while it is needed. */
function useSecondsWhile(needed: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!needed) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [needed]);
  return now;
}
