import { expect, test } from "bun:test";
import fc from "fast-check";
import { OutputRing } from "./output-ring.ts";

test("it keeps the end, cut at a character's border, whatever the chunks and the limit", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 30 })), fc.nat({ max: 300 }), (given, sizes, limit) => {
      const bytes = Buffer.from(given);
      const ring = new OutputRing(limit);
      let start = 0;
      for (const size of [...sizes, bytes.length]) {
        ring.add(bytes.subarray(start, start + size));
        start += size;
      }
      const { output, truncated } = ring.read();
      expect(given.endsWith(output)).toBe(true);
      expect(Buffer.byteLength(output)).toBeLessThanOrEqual(limit);
      expect(truncated).toBe(bytes.length > limit);
      // Not one character more would have fitted.
      if (truncated) {
        const before = Array.from(given.slice(0, given.length - output.length)).at(-1) ?? "";
        expect(Buffer.byteLength(before + output)).toBeGreaterThan(limit);
      }
    }),
  );
});

test("a character of which the end has not come is left out until it has", () => {
  const ring = new OutputRing(100);
  const yarn = Buffer.from("🧶");
  ring.add(Buffer.from("a"));
  ring.add(yarn.subarray(0, 2));
  expect(ring.read().output).toBe("a");
  ring.add(yarn.subarray(2));
  expect(ring.read()).toEqual({ output: "a🧶", truncated: false });
});
