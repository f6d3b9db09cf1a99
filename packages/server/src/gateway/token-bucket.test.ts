import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { take, type Bucket } from "./token-bucket.ts";

const rule = { perSecond: 50, burst: 200 };

describe("a connection's allowance", () => {
  test("a burst passes, then as many a second as the rule says; what is refused says how long to wait", () => {
    let bucket: Bucket = { tokens: rule.burst, at: 0 };
    const waits = Array.from({ length: 201 }, () => {
      const taken = take(bucket, rule, 0);
      bucket = taken.bucket;
      return taken.waitMs;
    });
    expect(waits.slice(0, 200).every((wait) => wait === 0)).toBe(true);
    expect(waits[200]).toBe(20);
    expect(take(bucket, rule, 40).waitMs).toBe(0);
  });

  test("never more than burst + time × rate, however the requests fall", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 500 }), (gaps) => {
        let bucket: Bucket = { tokens: rule.burst, at: 0 };
        let now = 0;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          const taken = take(bucket, rule, now);
          bucket = taken.bucket;
          if (taken.waitMs === 0) passed++;
        }
        expect(passed).toBeLessThanOrEqual(rule.burst + (now / 1000) * rule.perSecond + 1e-6);
      }),
    );
  });

  test("a clock that goes back gives nothing", () => {
    const { bucket } = take({ tokens: 0, at: 1000 }, rule, 500);
    expect(bucket.tokens).toBe(-1);
  });
});
