/** How well a name that is typed, in whole or in part, fits another; 0 when it does not. Each word typed must fit. */
export function fit(typed: string, name: string): number {
  const words = wordsOf(typed);
  if (words.length === 0) return 1;
  const whole = wordsOf(name);
  const each = words.map((word) => fitOfWord(word, whole));
  if (each.includes(0)) return 0;
  const begins = whole.join(" ").startsWith(words.join(" ")) ? 1 : 0;
  return begins + each.reduce((sum, one) => sum + one, 0) / each.length;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** A word, the beginning of one, the beginnings of several in order (`pashed` for "Paint the shed"), or within one. */
function fitOfWord(typed: string, words: readonly string[]): number {
  if (words.includes(typed)) return 1;
  if (words.some((word) => word.startsWith(typed))) return 0.8;
  if (areBeginnings(typed, words)) return 0.6;
  return typed.length > 1 && words.some((word) => word.includes(typed)) ? 0.4 : 0;
}

function areBeginnings(typed: string, words: readonly string[]): boolean {
  if (typed === "") return true;
  return words.some((word, index) => {
    for (let length = 1; length <= typed.length && word.startsWith(typed.slice(0, length)); length++) {
      if (areBeginnings(typed.slice(length), words.slice(index + 1))) return true;
    }
    return false;
  });
}
