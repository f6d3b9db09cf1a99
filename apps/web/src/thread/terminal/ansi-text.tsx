import { memo, type CSSProperties } from "react";
import type { Line, Run, Style } from "./ansi.ts";
import { useLines } from "./use-lines.ts";
import { visible } from "../../ui/visible-text.tsx";

/** UTF-16 units of output that are drawn, its newest; what is left out grows by steps, between which it only grows. */
const DRAWN = 60_000;
const STEP = 20_000;
/** Lines of it that are drawn, its newest. */
const DRAWN_LINES = 2_000;
const LINES_STEP = 500;

/**
 * Terminal output with its colours, as a terminal would show it: the newest of it, and how much is left out.
 * @param omitted Characters before `text` that are not there.
 */
export const AnsiText = memo(function AnsiText({ text, omitted = 0 }: { text: string; omitted?: number }) {
  const tail = tailOf(text);
  const lines = useLines(tail);
  const first = Math.max(0, Math.ceil((lines.length - DRAWN_LINES) / LINES_STEP) * LINES_STEP);
  const left = omitted + text.length - tail.length;
  const isLeftOut = [
    left > 0 && `${left.toLocaleString()} characters`,
    first > 0 && `${first.toLocaleString()} lines`,
  ].filter(Boolean);
  return (
    <>
      {isLeftOut.length > 0 && <div className="text-ink-3">… {isLeftOut.join(" and ")} before this are left out</div>}
      {/* A row never moves: output only grows at its end. */}
      {lines.slice(first).map((runs, index) => (
        <Row key={first + index} runs={runs} />
      ))}
    </>
  );
});

function tailOf(output: string): string {
  if (output.length <= DRAWN) return output;
  const least = Math.ceil((output.length - DRAWN) / STEP) * STEP;
  const from = output.indexOf("\n", least);
  return output.slice(from < 0 ? least : from + 1);
}

const Row = memo(function Row({ runs }: { runs: Line }) {
  return (
    <div className="min-h-[1.25rem]">
      {runs.map((run, at) => (
        <Piece key={at} run={run} />
      ))}
    </div>
  );
});

function Piece({ run: { text, style } }: { run: Run }) {
  const css = cssOf(style);
  return css ? <span style={css}>{visible(text)}</span> : visible(text);
}

/** A program's own colour was chosen for a ground of its own: on ours it keeps its hue, and is dark or light enough. */
const legible = (color: string): string =>
  color.startsWith("#")
    ? `light-dark(oklch(from ${color} min(l, 0.5) c h), oklch(from ${color} max(l, 0.74) c h))`
    : named(color);
const named = (color: string): string => (color.startsWith("#") ? color : `var(--${color})`);

function cssOf(style: Style): CSSProperties | undefined {
  if (Object.keys(style).length === 0) return undefined;
  const [front, back] = style.inverse
    ? [style.background ?? "surface-1", style.color ?? "ink-1"]
    : [style.color, style.background];
  const lines = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  return {
    ...(front && { color: back === undefined ? legible(front) : named(front) }),
    ...(back && { background: named(back) }),
    ...(style.bold && { fontWeight: 600 }),
    ...(style.dim && { opacity: 0.75 }),
    ...(style.italic && { fontStyle: "italic" }),
    ...(lines && { textDecoration: lines }),
  };
}
