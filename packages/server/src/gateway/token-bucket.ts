/** A token bucket's state: how many tokens there are, and when that was reckoned (milliseconds). */
export type Bucket = { tokens: number; at: number };

export type BucketRule = { perSecond: number; burst: number };

/**
 * Takes one token. `waitMs` is 0 when there was one; else how long until there is one again. What was refused is
 * counted as debt, so that `tokens` tells how far beyond its allowance somebody is.
 */
export function take(bucket: Bucket, rule: BucketRule, now: number): { bucket: Bucket; waitMs: number } {
  const refill = (Math.max(0, now - bucket.at) / 1000) * rule.perSecond;
  const tokens = Math.min(rule.burst, bucket.tokens + refill) - 1;
  const waitMs = tokens >= 0 ? 0 : Math.ceil((-tokens / rule.perSecond) * 1000);
  return { bucket: { tokens, at: now }, waitMs };
}
