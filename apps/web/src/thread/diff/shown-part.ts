import type { Piece } from "../code/highlighter.ts";
import type { DiffLine } from "./diff-lines.ts";

/** A longer line, in UTF-16 units, is shown in part. */
export const MAX_LINE = 2_000;
/** So much of it is shown before what changed, and after its beginning; and no more of what changed than that. */
const BEFORE = 40;
const AFTER = 200;
const MAX_CHANGED = 1_000;

/** Which part of a line is shown: all of it, or what is around its first change. */
export function shownPart({ text, marks }: Pick<DiffLine, "text" | "marks">): readonly [from: number, to: number] {
  if (text.length <= MAX_LINE) return [0, text.length];
  const [start, end] = [marks[0]?.[0] ?? 0, marks.at(-1)?.[1] ?? 0];
  const from = Math.max(0, start - BEFORE);
  const to = Math.min(text.length, Math.min(end, start + MAX_CHANGED) + AFTER);
  return [whole(text, from), whole(text, to)];
}

/** No character is cut in two. */
const whole = (text: string, at: number): number => (/^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at - 1 : at);

/** Of highlighted pieces those between two places, which may cut some. */
export function piecesBetween(pieces: readonly Piece[], from: number, to: number): readonly Piece[] {
  let at = 0;
  return pieces.flatMap((piece): Piece[] => {
    const start = at;
    at += lengthOf(piece);
    if (at <= from || start >= to) return [];
    if (start >= from && at <= to) return [piece];
    if (typeof piece === "string") return [piece.slice(Math.max(0, from - start), to - start)];
    return [{ classes: piece.classes, pieces: piecesBetween(piece.pieces, from - start, to - start) }];
  });
}

const lengthOf = (piece: Piece): number =>
  typeof piece === "string" ? piece.length : piece.pieces.reduce((sum, each) => sum + lengthOf(each), 0);
