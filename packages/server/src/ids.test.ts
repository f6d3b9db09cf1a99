import { expect, test } from "bun:test";
import { id } from "@skein/client/protocol";
import { makeId } from "./ids.ts";

test("L8: ids have no clock in them: those made in one moment do not collide, and each is one of the protocol's", () => {
  const made = Array.from({ length: 50_000 }, () => makeId());
  expect(new Set(made).size).toBe(made.length);
  for (const each of made) expect(each).toMatch(/^[0-9A-Za-z]{16}$/);
  expect(id.safeParse(made[0]).success).toBe(true);
});

test("bytes beyond a whole number of alphabets are left out, and more are asked for", () => {
  const asked: number[] = [];
  const made = makeId((bytes) => {
    asked.push(bytes);
    return new Uint8Array(bytes).fill(asked.length === 1 ? 63 : 1);
  });
  expect(made).toBe("1".repeat(16));
  expect(asked).toHaveLength(2);
});
