import { useEffect, useMemo, useRef, useState, type CSSProperties, type ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { languageOfPath } from "../code/language-of-path.ts";
import type { Piece } from "../code/highlighter.ts";
import { Pieces } from "../code/pieces.tsx";
import { plural } from "../lib/words.ts";
import type { DiffLine, FileDiff } from "./diff-lines.ts";
import { markedPieces } from "./marked-pieces.ts";
import { MAX_LINE, piecesBetween, shownPart } from "./shown-part.ts";
import { sideBySide } from "./side-by-side.ts";
import type { Shown, Texts } from "./use-diff.ts";

/** Longer texts, in UTF-16 units, stay without syntax colours. */
const MAX_COLOURED = 120_000;
/** So many lines are drawn at first, and so many more at each press: what is longer would hold up the page. */
const DRAWN = 500;

const LOOK = {
  same: { row: "", sign: " ", said: "" },
  added: { row: "bg-(--diff-added)", sign: "+", said: "added: " },
  removed: { row: "bg-(--diff-removed)", sign: "−", said: "removed: " },
} as const;

/**
 * A diff, unified or side by side, with line numbers, marks by word, and syntax colours once they are there. In a narrow
 * place there is one column of numbers, and lines wrap.
 */
export function DiffView({ shown: { texts, diff }, split = false }: { shown: Shown; split?: boolean }) {
  const colours = useColours(texts);
  const [drawn, setDrawn] = useState(DRAWN);
  const hunks = useMemo(() => diff.first(drawn), [diff, drawn]);
  const total = diff.hunks.reduce((sum, { lines }) => sum + lines.length, 0);
  if (total === 0) return <p className="px-3 py-2 text-small text-ink-3">No lines differ.</p>;
  return (
    <div className="@container">
      <div
        dir="ltr"
        className="diff w-full min-w-fit py-1 font-mono text-small @max-[480px]:min-w-0"
        data-split={split}
        style={{ "--digits": digitsOf(diff) } as CSSProperties}
      >
        {hunks.map((hunk, index) => (
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
      {drawn < total && (
        <div className="sticky left-0 border-t border-line p-1">
          <Button size="small" variant="quiet" onClick={() => setDrawn(drawn + DRAWN)}>
            Show {plural(Math.min(DRAWN, total - drawn), "more line")} of {(total - drawn).toLocaleString()}
          </Button>
        </div>
      )}
    </div>
  );
}

/** How many digits the longest line number has; two at least, so that small files stand alike. */
function digitsOf({ hunks }: FileDiff): number {
  const last = hunks.at(-1);
  return Math.max(2, String(Math.max(last?.before ?? 1, last?.after ?? 1) + (last?.lines.length ?? 0)).length);
}

type Colours = { before: Piece[][]; after: Piece[][] } | null;

function UnifiedLine({ line, colours }: { line: DiffLine; colours: Colours }) {
  const { row, sign, said } = LOOK[line.type];
  return (
    <div className={classNames("flex min-w-fit @max-[480px]:min-w-0", row)} data-line={line.type}>
      {/* Where there is room for one number only, it is the one the line has now, or had. */}
      <LineNumber at={line.before} className={line.type === "removed" ? "" : "@max-[480px]:hidden"} />
      <LineNumber at={line.after} className={line.type === "removed" ? "@max-[480px]:hidden" : ""} />
      <Sign sign={sign} said={said} type={line.type} />
      <Code
        line={line}
        colours={colours}
        className="whitespace-pre @max-[480px]:min-w-0 @max-[480px]:wrap-anywhere @max-[480px]:whitespace-pre-wrap"
      />
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
    <div className={classNames("flex min-w-0 border-r border-line last:border-r-0", row)} data-line={line.type}>
      <LineNumber at={number} />
      <Sign sign={sign} said={said} type={line.type} />
      <Code line={line} colours={colours} className="min-w-0 wrap-anywhere whitespace-pre-wrap" />
    </div>
  );
}

function LineNumber({ at, className = "" }: { at: number | undefined; className?: string }) {
  return (
    <span
      aria-hidden
      className={classNames(
        "box-content w-[calc(var(--digits)*1ch)] shrink-0 pr-1 pl-2 text-right text-meta leading-5 text-ink-3 tabular-nums select-none",
        className,
      )}
    >
      {at}
    </span>
  );
}

function Sign({ sign, said, type }: { sign: string; said: string; type: DiffLine["type"] }) {
  const color = type === "added" ? "text-good" : type === "removed" ? "text-fail" : "";
  return (
    <span className={classNames("w-4 shrink-0 pl-1 select-none", color)}>
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{said}</span>
    </span>
  );
}

function Code({ line, colours, className }: { line: DiffLine; colours: Colours; className: string }) {
  const side = line.type === "removed" ? colours?.before : colours?.after;
  const number = line.type === "removed" ? line.before : line.after;
  const found = number === undefined ? undefined : side?.[number - 1];
  const [all, setAll] = useState(false);
  const [from, to] = all ? [0, line.text.length] : shownPart(line);
  const pieces = piecesBetween(markedPieces(found ?? [line.text], line.marks), from, to);
  const code = useRef<HTMLSpanElement>(null);
  const showAll = (): void => {
    // What is pressed is no longer there then.
    code.current?.focus({ preventScroll: true });
    setAll(true);
  };
  const left = (count: number): ReactNode =>
    count > 0 && <LeftOut count={count} of={line.text.length} onShow={showAll} />;
  return (
    <span
      ref={code}
      {...(line.text.length > MAX_LINE && { tabIndex: -1 })}
      className={classNames(
        "pr-3 outline-none",
        className,
        line.type === "added" ? "marks-added" : line.type === "removed" ? "marks-removed" : "",
      )}
    >
      {left(from)}
      <Pieces pieces={pieces} />
      {left(line.text.length - to)}
    </span>
  );
}

/** Stands for the part of a long line that is not shown. */
function LeftOut({ count, of, onShow }: { count: number; of: number; onShow: () => void }) {
  return (
    <button
      type="button"
      title={`Show all ${of.toLocaleString()} characters of the line`}
      onClick={onShow}
      className="mx-1 rounded-[4px] border border-line-strong bg-surface-2 px-1 font-sans text-meta text-ink-2 select-none hover:bg-surface-3 hover:text-ink-1"
    >
      … {count.toLocaleString()} {count === 1 ? "character" : "characters"}
    </button>
  );
}

/** Both texts highlighted line by line; loaded and computed after the plain diff stands. */
function useColours({ path, before, after }: Texts): Colours {
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
