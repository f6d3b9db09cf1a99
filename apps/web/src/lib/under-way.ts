/**
 * What was begun for who is signed in, goes on whatever page is shown, and ends with something written to this device, as
 * a file on its way to the server: it goes no further than they are signed in.
 */
const underWay = new Set<() => void>();

/** Puts something under way. @returns How to say that it has ended. */
export function putUnderWay(cancel: () => void): () => void {
  underWay.add(cancel);
  return () => void underWay.delete(cancel);
}

/** Cancels all that is under way; nothing of it is written any more. */
export function cancelUnderWay(): void {
  for (const cancel of underWay) cancel();
}
