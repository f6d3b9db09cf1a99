import type { Piece } from "../code/highlighter.ts";

/** Highlighted pieces of a line with its marks laid over them, as pieces of the class `mark`. */
export function markedPieces(
  pieces: readonly Piece[],
  marks: readonly (readonly [from: number, to: number])[],
): readonly Piece[] {
  return marks.length === 0 ? pieces : lay(pieces, marks, 0).pieces;
}

function lay(
  pieces: readonly Piece[],
  marks: readonly (readonly [number, number])[],
  start: number,
): { pieces: Piece[]; end: number } {
  const laid: Piece[] = [];
  let at = start;
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      const inner = lay(piece.pieces, marks, at);
      laid.push({ classes: piece.classes, pieces: inner.pieces });
      at = inner.end;
      continue;
    }
    const end = at + piece.length;
    let cursor = at;
    for (const [from, to] of marks) {
      const [first, last] = [Math.max(from, cursor), Math.min(to, end)];
      if (first >= last) continue;
      if (first > cursor) laid.push(piece.slice(cursor - at, first - at));
      laid.push({ classes: "mark", pieces: [piece.slice(first - at, last - at)] });
      cursor = last;
    }
    if (cursor < end) laid.push(piece.slice(cursor - at));
    at = end;
  }
  return { pieces: laid, end: at };
}
