/**
 * Signals closer together than this are one: a terminal sends Ctrl-C to every process in front, and npm passes its own
 * on.
 */
const ONE_PRESS_MS = 250;

type Take = (signal: NodeJS.Signals) => void;

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
/** The newest is last. */
const listeners: Take[] = [];
let lastPress = -Infinity;

function press(signal: NodeJS.Signals): void {
  const now = performance.now();
  if (now - lastPress <= ONE_PRESS_MS) return;
  lastPress = now;
  listeners.at(-1)?.(signal);
}

/**
 * Calls `first` at the first SIGINT, SIGTERM or SIGHUP, and `again` at every later one. The newest of several listeners
 * is told, and no other.
 * @returns How to stop listening.
 */
export function onInterrupt(first: Take, again: Take): () => void {
  let isFirst = true;
  const take: Take = (signal) => {
    const act = isFirst ? first : again;
    isFirst = false;
    act(signal);
  };
  if (listeners.push(take) === 1) for (const signal of SIGNALS) process.on(signal, press);
  return () => {
    listeners.splice(listeners.indexOf(take), 1);
    if (listeners.length === 0) for (const signal of SIGNALS) process.off(signal, press);
  };
}
