/**
 * Runs something once the browser has nothing else to do. Safari has no idea of that; there, after a pause.
 * @param latestMs When it is to run at the latest, busy or not.
 * @returns Gives it up.
 */
export function whenIdle(run: () => void, latestMs?: number): () => void {
  const { requestIdleCallback: request } = window as { requestIdleCallback?: Window["requestIdleCallback"] };
  if (request === undefined) {
    const timer = setTimeout(run, latestMs === undefined ? 1_000 : latestMs / 10);
    return () => clearTimeout(timer);
  }
  const idle = request(run, latestMs === undefined ? {} : { timeout: latestMs });
  return () => cancelIdleCallback(idle);
}
