import { expect, test } from "bun:test";
import { ownTime } from "./own-time.ts";

const answered = (askedAt: number, answeredAt: number) => ({ status: "answered" as const, askedAt, answeredAt });

test("the time of a tool call is its own: waiting for a person is left out", () => {
  const tool = { startedAt: 100, endedAt: 1_000 };
  expect(ownTime(tool, [], 5_000)).toBe(900);
  expect(ownTime(tool, [answered(200, 700)], 5_000)).toBe(400);
  expect(ownTime(tool, [answered(200, 300), answered(600, 900)], 5_000)).toBe(500);
});

test("requests that wait at the same time are left out once", () => {
  const tool = { startedAt: 0, endedAt: 1_000 };
  expect(ownTime(tool, [answered(100, 500), answered(200, 300)], 0)).toBe(600);
  expect(ownTime(tool, [answered(100, 300), answered(200, 500)], 0)).toBe(600);
});

test("while it runs it counts until now, and stands still while somebody is waited for", () => {
  const tool = { startedAt: 100 };
  expect(ownTime(tool, [answered(200, 700)], 1_000)).toBe(400);
  const pending = { status: "pending" as const, askedAt: 300 };
  expect([400, 900].map((now) => ownTime(tool, [pending], now))).toEqual([200, 200]);
});

test("after a request that was taken back nothing counts; a clock that is behind the server's makes no time negative", () => {
  expect(ownTime({ startedAt: 100, endedAt: 9_000 }, [{ status: "cancelled", askedAt: 150 }], 0)).toBe(50);
  expect(ownTime({ startedAt: 1_000 }, [answered(1_100, 1_200)], 500)).toBe(0);
});
