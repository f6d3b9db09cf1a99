import { COLUMNS } from "./ansi.ts";

/** No count or place is larger than the screen. */
const MOST = Math.max(COLUMNS, 50);
/** Other numbers, as of colours and modes. */
const MOST_OTHER = 65_535;
/** Longer parameters, in characters, are cut. */
const MAX_PARAMS = 64;
/** So many lines an output can scroll by sequences that scroll many at once. */
const MAX_SCROLLED = 2_000;

/** Final characters of sequences whose numbers count columns, lines or tabs, or are places on the screen (ECMA-48, 8.3). */
const COUNTS = /[A-HIJKLMPSTXZ@`abdefr]/;
const ENDS = "\u0018\u001a";

/**
 * Makes output harmless to a terminal that takes it at its word: numbers are cut to the screen's size, scrolling is
 * bounded, and what a reset wipes out is not written at all. What is to be seen in the end stays the same for all that
 * fits a screen. Sequences may come in pieces.
 */
export class BoundedOutput {
  #state: "text" | "escape" | "sequence" = "text";
  #params = "";
  #scrolled = 0;

  /** What is to be written for the next piece of output. */
  take(text: string): string {
    const written: string[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charAt(at);
      if (char === "\u001b" || char === "\u009b") {
        if (this.#state === "text") written.push(text.slice(from, at));
        this.#state = char === "\u001b" ? "escape" : "sequence";
        this.#params = "";
      } else if (this.#state !== "text") {
        const out = this.#state === "escape" ? this.#escaped(char) : this.#sequence(char);
        if (out === RESET) written.length = 0;
        if (out !== "") written.push(out);
      } else continue;
      from = at + 1;
    }
    if (this.#state === "text") written.push(text.slice(from));
    return written.join("");
  }

  #escaped(char: string): string {
    if (char < " " && !ENDS.includes(char)) return char;
    this.#state = char === "[" ? "sequence" : "text";
    return char === "[" ? "" : `\u001b${char}`;
  }

  #sequence(char: string): string {
    if (char >= " " && char <= "?") {
      if (this.#params.length < MAX_PARAMS) this.#params += char;
      return "";
    }
    if (char === "\u007f") return "";
    if (char < " " && !ENDS.includes(char)) return char;
    this.#state = "text";
    if (char < "@" || char > "~") return char;
    return this.#bounded(this.#params, char);
  }

  #bounded(params: string, final: string): string {
    const most = COUNTS.test(final) ? MOST : MOST_OTHER;
    const numbers = params.replaceAll(/\d+/g, (digits) => String(Math.min(Number(digits), most)));
    if (final === "S" || final === "T") {
      this.#scrolled += Number.parseInt(numbers, 10) || 1;
      if (this.#scrolled > MAX_SCROLLED) return "";
    }
    return `\u001b[${numbers}${final}`;
  }
}

/** RIS (ECMA-48, 8.3.105): nothing that came before is to be seen any more. */
const RESET = "\u001bc";
