import { expect, test } from "bun:test";
import { SkeinError } from "@skein/client/protocol";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { TestClock } from "../testing/test-clock.ts";
import { PairingCodes } from "./pairing.ts";

const TEN_MINUTES = 10 * 60_000;
const BOUNDS = DEFAULT_SETTINGS.pairing;

function kindOf(run: () => unknown): string {
  try {
    run();
    return "fine";
  } catch (error) {
    if (error instanceof SkeinError) return error.kind;
    throw error;
  }
}

test("P83: a code lets in as the user it was made for, once", () => {
  const codes = new PairingCodes(new TestClock(), BOUNDS);
  const { code } = codes.issue("ada");
  expect(codes.redeem(code, "a")).toBe("ada");
  expect(kindOf(() => codes.redeem(code, "a"))).toBe("unauthorized");
});

test("P83: a code holds for ten minutes", async () => {
  const clock = new TestClock();
  const codes = new PairingCodes(clock, BOUNDS);
  const [first, second] = [codes.issue("ada"), codes.issue("ada")];
  expect(first.expiresAt).toBe(clock.now() + TEN_MINUTES);
  await clock.advance(TEN_MINUTES - 1);
  expect(codes.redeem(first.code, "a")).toBe("ada");
  await clock.advance(1);
  expect(kindOf(() => codes.redeem(second.code, "a"))).toBe("unauthorized");
});

test("P83: after ten wrong codes from an address even the right one waits; other addresses do not", async () => {
  const clock = new TestClock();
  const codes = new PairingCodes(clock, BOUNDS);
  const { code } = codes.issue("ada");
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(kindOf(() => codes.redeem("WRONG-WRONG", "a"))).toBe("unauthorized");
  }
  expect(kindOf(() => codes.redeem(code, "a"))).toBe("rate_limited");
  expect(kindOf(() => codes.redeem("WRONG-WRONG", "b"))).toBe("unauthorized");
  await clock.advance(10_000);
  expect(codes.redeem(code, "a")).toBe("ada");
});

test("P83: right codes count against nobody", () => {
  const codes = new PairingCodes(new TestClock(), BOUNDS);
  for (let device = 0; device < 30; device++) expect(codes.redeem(codes.issue("ada").code, "a")).toBe("ada");
});

test("a code may be typed in small letters, without its dash, with O for 0 and I or L for 1", () => {
  const codes = new PairingCodes(new TestClock(), BOUNDS, () => new Uint8Array([0, 1, 10, 11, 12, 13, 14, 15, 16, 17]));
  const { code } = codes.issue("ada");
  expect(code).toBe("01ABC-DEFGH");
  expect(codes.redeem("oIabcdefgh", "a")).toBe("ada");
});

test("G5: codes nobody uses are forgotten", () => {
  const codes = new PairingCodes(new TestClock(), BOUNDS);
  const first = codes.issue("ada");
  for (let device = 0; device < 100; device++) codes.issue("ada");
  const last = codes.issue("ada");
  expect(kindOf(() => codes.redeem(first.code, "a"))).toBe("unauthorized");
  expect(codes.redeem(last.code, "a")).toBe("ada");
});
