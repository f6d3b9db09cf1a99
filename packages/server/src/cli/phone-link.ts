import { renderUnicodeCompact } from "uqr";
import type { Screen } from "./screen.ts";

/** A link for another device, and on a terminal the picture of it that its camera reads. */
export function showForPhone(screen: Screen, link: string): void {
  screen.note(`phone  ${link}`);
  if (screen.interactive) screen.ask(`${renderUnicodeCompact(link, { border: 2 })}\n`);
}
