import { common, createLowlight } from "lowlight";

/** A piece of highlighted code: plain text, or pieces under the class names of highlight.js. */
export type Piece = string | { readonly classes: string; readonly pieces: readonly Piece[] };

const lowlight = createLowlight(common);

/** Other names under which agents and files call what highlight.js knows. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["mjs", "javascript"],
  ["cjs", "javascript"],
  ["mts", "typescript"],
  ["cts", "typescript"],
]);

/** Highlights code; `null` when the language is none of those known. Loaded when the first code is shown. */
export function highlight(code: string, language: string): readonly Piece[] | null {
  const name = ALIASES.get(language.toLowerCase()) ?? language.toLowerCase();
  if (!lowlight.registered(name)) return null;
  return lowlight.highlight(name, code).children.flatMap(pieceOf);
}

type Nodes = ReturnType<typeof lowlight.highlight>["children"];

function pieceOf(node: Nodes[number]): Piece[] {
  if (node.type === "text") return [node.value];
  if (node.type !== "element") return [];
  const { className } = node.properties;
  const classes = Array.isArray(className) ? className.join(" ") : "";
  return [{ classes, pieces: node.children.flatMap(pieceOf) }];
}

/** The same, line by line: a piece that spans lines is cut at their ends. */
export function byLine(pieces: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      for (const [index, part] of piece.split("\n").entries()) {
        if (index > 0) lines.push([]);
        if (part !== "") lines.at(-1)?.push(part);
      }
      continue;
    }
    for (const [index, inner] of byLine(piece.pieces).entries()) {
      if (index > 0) lines.push([]);
      if (inner.length > 0) lines.at(-1)?.push({ classes: piece.classes, pieces: inner });
    }
  }
  return lines;
}
