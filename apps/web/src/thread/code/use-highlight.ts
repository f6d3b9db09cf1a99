import { useEffect, useState } from "react";
import { whenIdle } from "../../lib/when-idle.ts";
import type { Piece } from "./highlighter.ts";

/** Longer code, in UTF-16 units, stays plain: it would hold up the page. */
const MAX_LENGTH = 60_000;
/** Code that still grows is highlighted anew when so much was added, and only up to a length. */
const GROWN_BY = 160;
const MAX_GROWING = 16_000;
/** Code up to this length is highlighted as it is drawn; longer code once it stands. */
const AT_ONCE = 4_000;
/** Code is highlighted after what is to be seen first has been drawn, but no later than this. */
const LATEST_MS = 500;

type Highlight = typeof import("./highlighter.ts").highlight;
type Done = { code: string; language: string; pieces: readonly Piece[] };

let loaded: Highlight | undefined;

/**
 * Highlighted code, once the highlighter is there. Short code, and code that grows, is highlighted as it is drawn, so that
 * no picture is drawn twice; what a growing one got since stands plain at its end.
 */
export function useHighlight(code: string, language: string, growing: boolean): readonly Piece[] {
  const [done, setDone] = useState<Done | null>(null);
  const [grown] = useState<{ done: Done | null }>({ done: null });
  const fits = language !== "" && code.length <= (growing ? MAX_GROWING : MAX_LENGTH);
  const asDrawn = fits && loaded !== undefined && (growing || code.length <= AT_ONCE);
  const current = asDrawn || (done?.code === code && done.language === language);
  useEffect(() => {
    if (!fits || current) return;
    let stopped = false;
    const run = async (): Promise<void> => {
      loaded = (await import("./highlighter.ts")).highlight;
      const pieces = stopped ? null : loaded(code, language);
      if (pieces) setDone({ code, language, pieces });
    };
    // Offline before it was ever loaded: plain code is readable too.
    const cancel = whenIdle(() => void run().catch(() => {}), LATEST_MS);
    return () => {
      stopped = true;
      cancel();
    };
  }, [code, language, fits, current]);

  if (asDrawn && loaded !== undefined) grow(grown, loaded, code, language, growing ? GROWN_BY : 1);
  const newest = done?.code === code ? done : (grown.done ?? done);
  if (newest === null || newest.language !== language || !code.startsWith(newest.code)) return [code];
  return newest.code === code ? newest.pieces : [...newest.pieces, code.slice(newest.code.length)];
}

/** Keeps what was highlighted last, and highlights anew when so much was added. */
function grow(grown: { done: Done | null }, highlight: Highlight, code: string, language: string, by: number): void {
  const { done } = grown;
  const goesOn = done !== null && done.language === language && code.startsWith(done.code);
  if (goesOn && code.length - done.code.length < by) return;
  const pieces = highlight(code, language);
  if (pieces) grown.done = { code, language, pieces };
}
