import { MARK_PATHS, MARK_STROKE } from "../theme/mark.ts";

/** Skein's mark, in the colour of the text around it. Decoration: its name stands beside it or in what it is part of. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden className={className} fill="none" stroke="currentColor">
      {MARK_PATHS.map((path) => (
        <path key={path} d={path} strokeWidth={MARK_STROKE} strokeLinecap="round" />
      ))}
    </svg>
  );
}
