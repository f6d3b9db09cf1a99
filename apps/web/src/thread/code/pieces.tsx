import type { ReactNode } from "react";
import type { Piece } from "./highlighter.ts";
import { visible } from "../../ui/visible-text.tsx";

/** Highlighted code as elements; its colours stand in thread.css. */
export function Pieces({ pieces }: { pieces: readonly Piece[] }): ReactNode {
  return pieces.map((piece, index) =>
    typeof piece === "string" ? (
      visible(piece)
    ) : (
      <span key={index} className={piece.classes}>
        <Pieces pieces={piece.pieces} />
      </span>
    ),
  );
}
