import { renderUnicodeCompact } from "uqr";
import type { Screen } from "./screen.ts";

/** Black on white, from the fixed part of the 256 colours: a theme may have made anything of the first sixteen. */
const BLACK_ON_WHITE = "38;5;16;48;5;231";

/** What draws the dark halves of a cell, by what draws its light ones. */
const DARK_OF_LIGHT: ReadonlyMap<string, string> = new Map([
  ["█", " "],
  ["▀", "▄"],
  ["▄", "▀"],
  [" ", "█"],
]);

/** A link for another device, and on a terminal the picture of it that its camera reads. */
export function showForPhone(screen: Screen, link: string): void {
  screen.note(`phone  ${link}`);
  if (!screen.interactive) return;
  // Without colours the light of it is drawn, as most terminals are dark.
  const light = renderUnicodeCompact(link, { border: 2 });
  const dark = light.replaceAll(/[ ▀▄█]/g, (cell) => DARK_OF_LIGHT.get(cell) ?? cell);
  screen.picture((screen.color ? dark : light).split("\n"), BLACK_ON_WHITE);
}
