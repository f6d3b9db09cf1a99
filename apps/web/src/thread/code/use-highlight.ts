import { useEffect, useState } from "react";
import type { Piece } from "./highlighter.ts";

/** Longer code, in UTF-16 units, stays plain: it would hold up the page. */
const MAX_LENGTH = 60_000;
/** Code that still grows is highlighted this often at most, in milliseconds, and only up to a length. */
const GROWING_EVERY_MS = 250;
const MAX_GROWING = 16_000;

type Done = { code: string; language: string; pieces: readonly Piece[] };

/** Highlighted code, once the highlighter is there; what has grown since is added as plain text. */
export function useHighlight(code: string, language: string, growing: boolean): readonly Piece[] {
  const [done, setDone] = useState<Done | null>(null);
  const fits = language !== "" && code.length <= (growing ? MAX_GROWING : MAX_LENGTH);
  const current = done?.code === code && done.language === language;
  useEffect(() => {
    if (!fits || current) return;
    let stopped = false;
    const run = async (): Promise<void> => {
      const { highlight } = await import("./highlighter.ts");
      const pieces = stopped ? null : highlight(code, language);
      if (pieces) setDone({ code, language, pieces });
    };
    const timer = setTimeout(() => void run().catch(() => {}), growing ? GROWING_EVERY_MS : 0);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [code, language, fits, current, growing]);
  if (done === null || done.language !== language || !code.startsWith(done.code)) return [code];
  return current ? done.pieces : [...done.pieces, code.slice(done.code.length)];
}
