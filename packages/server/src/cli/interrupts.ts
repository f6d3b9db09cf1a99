/**
 * Signals closer together than this are one: a terminal sends Ctrl-C to every process in front, and the launcher passes
 * its own on.
 */
const ONE_PRESS_MS = 250;

/**
 * Calls `first` at the first SIGINT, SIGTERM or SIGHUP, and `again` at every later one.
 * @returns How to stop listening.
 */
export function onInterrupt(
  first: (signal: NodeJS.Signals) => void,
  again: (signal: NodeJS.Signals) => void,
): () => void {
  let last: number | null = null;
  const take = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (last === null) first(signal);
    else if (now - last > ONE_PRESS_MS) again(signal);
    else return;
    last = now;
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}
