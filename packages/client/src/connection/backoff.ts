/** The longest wait before the first retry, in milliseconds; it doubles with every further one. */
export const BACKOFF_BASE_MS = 250;
/** No wait is longer than this, in milliseconds. */
export const BACKOFF_CAP_MS = 30_000;

/**
 * How long to wait before a retry, in milliseconds: exponential backoff with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that clients that lost the same
 * server do not come back together.
 *
 * @param attempt How many attempts in a row failed; at least 1.
 * @param random A number in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const most = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt - 1, 30));
  return Math.floor(random * most);
}
