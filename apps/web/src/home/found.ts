/** The text whose first results are on show, or that nothing was found for; `null` while they are still to come. */
let found: string | null = null;
let waiting: { text: string; run: () => void } | null = null;

/** Says whose results are on show now. */
export function setFound(text: string | null): void {
  found = text;
  if (waiting === null || waiting.text !== text) return;
  const { run } = waiting;
  waiting = null;
  run();
}

/**
 * Runs something once the first results for a text are on show: at once, where they are. The last one who waits is the
 * only one.
 * @returns Gives up waiting.
 */
export function whenFound(text: string, run: () => void): () => void {
  const own = { text, run };
  waiting = own;
  setFound(found);
  return () => {
    if (waiting === own) waiting = null;
  };
}
