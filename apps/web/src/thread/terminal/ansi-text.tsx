import { memo, useMemo, type CSSProperties } from "react";
import { readAnsi, type Run, type Style } from "./ansi.ts";

/** Terminal output with its colours. */
export const AnsiText = memo(function AnsiText({ text }: { text: string }) {
  const lines = useMemo(() => readAnsi(text), [text]);
  return lines.map((runs, index) => (
    // A row never moves: output only grows at its end.
    <div key={index} className="min-h-[1.25rem]">
      {runs.map((run, at) => (
        <Piece key={at} run={run} />
      ))}
    </div>
  ));
});

function Piece({ run: { text, style } }: { run: Run }) {
  const css = cssOf(style);
  return css ? <span style={css}>{text}</span> : text;
}

const named = (color: string): string => (color.startsWith("#") ? color : `var(--${color})`);

function cssOf(style: Style): CSSProperties | undefined {
  if (Object.keys(style).length === 0) return undefined;
  const [front, back] = style.inverse
    ? [style.background ?? "surface-1", style.color ?? "ink-1"]
    : [style.color, style.background];
  const lines = [style.underline && "underline", style.strike && "line-through"].filter(Boolean).join(" ");
  return {
    ...(front && { color: named(front) }),
    ...(back && { background: named(back) }),
    ...(style.bold && { fontWeight: 600 }),
    ...(style.dim && { opacity: 0.75 }),
    ...(style.italic && { fontStyle: "italic" }),
    ...(lines && { textDecoration: lines }),
  };
}
