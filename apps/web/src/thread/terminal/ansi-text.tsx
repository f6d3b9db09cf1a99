import { memo, type CSSProperties } from "react";
import type { Line, Run, Style } from "./ansi.ts";
import { useLines } from "./use-lines.ts";
import { visible } from "../../ui/visible-text.tsx";

/** Terminal output with its colours, as a terminal would show it. */
export const AnsiText = memo(function AnsiText({ text }: { text: string }) {
  // A row never moves: output only grows at its end.
  return useLines(text).map((runs, index) => <Row key={index} runs={runs} />);
});

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
