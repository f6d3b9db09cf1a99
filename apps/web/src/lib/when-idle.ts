/** Runs something once the browser has nothing else to do. Safari has no idea of that; there, after a second. */
export function whenIdle(run: () => void): void {
  const { requestIdleCallback } = window as { requestIdleCallback?: Window["requestIdleCallback"] };
  if (requestIdleCallback) requestIdleCallback(run);
  else setTimeout(run, 1_000);
}
