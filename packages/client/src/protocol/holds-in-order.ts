/**
 * Whether a path holds a text's characters in their order (P75); small letters stand for both. The server finds files by
 * it, and a client goes by it on what it was told before, while more is typed.
 */
export function holdsInOrder(path: string, text: string): boolean {
  const given = text === text.toLowerCase() ? path.toLowerCase() : path;
  let at = 0;
  for (const char of text) {
    at = given.indexOf(char, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
