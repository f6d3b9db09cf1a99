import { useEffect, useMemo, useState } from "react";
import { classNames } from "../../ui/class-names.ts";
import { languageOfPath } from "../code/language-of-path.ts";
import type { Piece } from "../code/highlighter.ts";
import { Pieces } from "../code/pieces.tsx";
import type { DiffLine, FileDiff } from "./diff-lines.ts";
import { markedPieces } from "./marked-pieces.ts";
import { sideBySide } from "./side-by-side.ts";
import type { Change } from "./use-diff.ts";

/** Longer texts, in UTF-16 units, stay without syntax colours. */
const MAX_COLOURED = 120_000;

const LOOK = {
  same: { row: "", sign: " ", said: "" },
  added: { row: "bg-(--diff-added)", sign: "+", said: "added: " },
  removed: { row: "bg-(--diff-removed)", sign: "−", said: "removed: " },
} as const;

/** A diff, unified or side by side, with line numbers, marks by word, and syntax colours once they are there. */
export function DiffView({ change, diff, split = false }: { change: Change; diff: FileDiff; split?: boolean }) {
  const colours = useColours(change);
  if (diff.hunks.length === 0) return <p className="px-3 py-2 text-small text-ink-3">No lines differ.</p>;
  return (
    <div className="diff min-w-fit py-1 font-mono text-small" data-split={split}>
      {diff.hunks.map((hunk, index) => (
        <div key={index}>
          {index > 0 && (
            <div className="my-1 border-y border-line bg-surface-1 px-3 text-meta text-ink-3" aria-hidden>
              … line {hunk.after}
            </div>
          )}
          {split ? (
            <SplitLines lines={hunk.lines} colours={colours} />
          ) : (
            hunk.lines.map((line, at) => <UnifiedLine key={at} line={line} colours={colours} />)
          )}
        </div>
      ))}
    </div>
  );
}

type Colours = { before: Piece[][]; after: Piece[][] } | null;

function UnifiedLine({ line, colours }: { line: DiffLine; colours: Colours }) {
  const { row, sign, said } = LOOK[line.type];
  return (
    <div className={classNames("flex min-w-fit", row)} data-line={line.type}>
      <LineNumber at={line.before} />
      <LineNumber at={line.after} />
      <Sign sign={sign} said={said} type={line.type} />
      <Code line={line} colours={colours} />
    </div>
  );
}

function SplitLines({ lines, colours }: { lines: readonly DiffLine[]; colours: Colours }) {
  return sideBySide(lines).map(({ left, right }, at) => (
    <div key={at} className="grid grid-cols-2">
      <SplitSide line={left} number={left?.before} colours={colours} />
      <SplitSide line={right} number={right?.after} colours={colours} />
    </div>
  ));
}

function SplitSide({ line, number, colours }: { line: DiffLine | null; number: number | undefined; colours: Colours }) {
  if (line === null) return <div className="border-r border-line bg-surface-1 last:border-r-0" />;
  const { row, sign, said } = LOOK[line.type];
  return (
    <div className={classNames("flex min-w-0 border-r border-line last:border-r-0", row)}>
      <LineNumber at={number} />
      <Sign sign={sign} said={said} type={line.type} />
      <Code line={line} colours={colours} wrap />
    </div>
  );
}

function LineNumber({ at }: { at: number | undefined }) {
  return (
    <span aria-hidden className="w-10 shrink-0 pr-2 text-right text-meta leading-5 text-ink-3 tabular-nums select-none">
      {at}
    </span>
  );
}

function Sign({ sign, said, type }: { sign: string; said: string; type: DiffLine["type"] }) {
  const color = type === "added" ? "text-good" : type === "removed" ? "text-fail" : "";
  return (
    <span className={classNames("w-4 shrink-0 select-none", color)}>
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{said}</span>
    </span>
  );
}

function Code({ line, colours, wrap = false }: { line: DiffLine; colours: Colours; wrap?: boolean }) {
  const side = line.type === "removed" ? colours?.before : colours?.after;
  const number = line.type === "removed" ? line.before : line.after;
  const found = number === undefined ? undefined : side?.[number - 1];
  const pieces = markedPieces(found ?? [line.text], line.marks);
  return (
    <span
      className={classNames(
        "pr-3",
        wrap ? "min-w-0 break-words whitespace-pre-wrap" : "whitespace-pre",
        line.type === "added" ? "marks-added" : line.type === "removed" ? "marks-removed" : "",
      )}
    >
      <Pieces pieces={pieces} />
    </span>
  );
}

/** Both texts highlighted line by line; loaded and computed after the plain diff stands. */
function useColours({ path, before, after }: Change): Colours {
  const language = languageOfPath(path);
  const fits = language !== "" && (before?.length ?? 0) + (after?.length ?? 0) <= MAX_COLOURED;
  const [colours, setColours] = useState<Colours>(null);
  useEffect(() => {
    if (!fits) return;
    let stopped = false;
    const run = async (): Promise<void> => {
      const { byLine, highlight } = await import("../code/highlighter.ts");
      if (stopped) return;
      const linesOf = (text: string | null): Piece[][] => byLine(highlight(text ?? "", language) ?? [text ?? ""]);
      setColours({ before: linesOf(before), after: linesOf(after) });
    };
    void run().catch(() => {}); // Offline before it was ever loaded: plain text is readable too.
    return () => void (stopped = true);
  }, [before, after, language, fits]);
  return useMemo(() => (fits ? colours : null), [fits, colours]);
}
