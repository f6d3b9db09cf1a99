import { isCoarse } from "./coarse.ts";

/**
 * Gives the focus to a field that nobody has asked for: where fingers point it would bring the keyboard up over what one
 * reads, so there the page has it.
 */
export function focusField(field: { focus(): void } | null | undefined): void {
  if (isCoarse()) document.getElementById("main")?.focus();
  else field?.focus();
}
