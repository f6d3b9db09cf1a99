/**
 * Signals closer together than this are one: a terminal sends Ctrl-C to every process in front, and the launcher passes
 * its own on.
 */
const ONE_PRESS_MS = 250;

let lastPress = -Infinity;

/**
 * Calls `first` at the first SIGINT, SIGTERM or SIGHUP, and `again` at every later one.
 * @returns How to stop listening.
 */
export function onInterrupt(
  first: (signal: NodeJS.Signals) => void,
  again: (signal: NodeJS.Signals) => void,
): () => void {
  // A press that another listener took already is not taken for one of this.
  let last = lastPress;
  let isFirst = true;
  const take = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - last <= ONE_PRESS_MS) return;
    last = lastPress = now;
    const act = isFirst ? first : again;
    isFirst = false;
    act(signal);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}
