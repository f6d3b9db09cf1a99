/**
 * The characters of Unicode that turn the direction of the text around them (bidi controls, UAX #9): embeddings and
 * overrides, isolates, and the marks, between two of which numbers and blanks change places.
 */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text with what turns its direction written out, as `<U+202E>`. They are not seen themselves, and by them a
 * command or a file's name reads otherwise than it is: whatever a person decides about is shown in this way.
 */
export function showDirections(text: string): string {
  return text.replaceAll(DIRECTIONS, (control) => {
    const code = control.charCodeAt(0).toString(16).toUpperCase();
    return `<U+${code.padStart(4, "0")}>`;
  });
}
