import { describe, expect, test } from "bun:test";
import { mergePatch } from "@skein/client/replica";
import fc from "fast-check";
import { difference } from "./difference.ts";

type Value = Record<string, unknown>;

/** Names that every object seems to have, among them the one by which a prototype is set. */
const name = fc.constantFrom("a", "b", "__proto__", "constructor", "toString", "hasOwnProperty");
const { object } = fc.letrec<{ value: unknown; object: Value }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, fc.integer({ max: 3 }), fc.string({ maxLength: 2 }), tie("object")),
  object: fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
}));

describe("difference", () => {
  test("is the patch that makes one value the other, whatever its members are called", () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        const patch = difference(from, to);
        const patched = patch ? mergePatch(from, patch) : from;
        expect(JSON.parse(JSON.stringify(patched)) as unknown).toEqual(JSON.parse(JSON.stringify(to)) as unknown);
        expect(Object.keys(patched).toSorted()).toEqual(Object.keys(to).toSorted());
      }),
      { numRuns: 2000 },
    );
  });

  test("L34: what an agent names __proto__ changes no prototype", () => {
    const input = JSON.parse('{"__proto__":{"polluted":true}}') as Value;
    const patch = difference({ input: {} }, { input });
    expect(Object.getPrototypeOf(patch?.["input"])).toBe(Object.prototype);
    expect(JSON.stringify(patch)).toBe('{"input":{"__proto__":{"polluted":true}}}');
    expect(({} as Value)["polluted"]).toBeUndefined();
  });
});
