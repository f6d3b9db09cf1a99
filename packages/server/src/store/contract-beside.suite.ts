import { describe, expect, test } from "bun:test";
import type { Store } from "./contract.ts";
import { T } from "./testing/edits.ts";

/** What a store keeps beside the topics: raw lines, answers to commands, tokens. */
export function besideContract(store: () => Store, reopen: () => Promise<void>): void {
  describe("beside the topics", () => {
    test("raw lines come back as they were, a page at a time, until they expire", async () => {
      const lines = ['{"a":1}', "\u0000 not JSON é😀", ""];
      const events = lines.map((line, index) => ({ thread: "one", ts: index, direction: "in" as const, line }));
      await store().commit([
        { changes: [], events: [...events, { thread: "two", ts: 9, direction: "error", line: "x" }] },
      ]);
      const [first] = await store().events("one", 0, 1);
      expect(first).toMatchObject(events[0] as object);
      expect((await store().events("one", first?.id ?? 0, 10)).map((each) => each.line)).toEqual(lines.slice(1));
      await store().commit([{ changes: [], command: { user: "local", key: "key-0001", topic: T, answer: {} } }]);
      await store().expire({ events: 2, answers: Number.MAX_SAFE_INTEGER, tokens: 0, commits: 0 });
      expect((await store().events("one", 0, 10)).map((each) => each.ts)).toEqual([2]);
      expect(await store().answerTo("local", "key-0001")).toBeNull();
    });

    test("tokens past their end expire, others stay", async () => {
      const token = { user: "local", name: "Browser", createdAt: 1, usedAt: null };
      for (const [hash, expiresAt] of [
        ["no end", null],
        ["9", 9],
        ["10", 10],
        ["11", 11],
      ] as const) {
        await store().addToken({ ...token, hash, expiresAt });
      }
      await store().expire({ events: 0, answers: 0, tokens: 10, commits: 0 });
      await reopen();
      const left = await store().tokens("local");
      expect(left.map(({ hash }) => hash).toSorted()).toEqual(["11", "no end"]);
      expect(await store().token("9")).toBeNull();
    });

    test("tokens are found by their hash until they are removed; their name and last use change", async () => {
      const token = { hash: "h", user: "local", name: "first", createdAt: 1, expiresAt: null, usedAt: null };
      await store().addToken(token);
      await reopen();
      expect(await store().token("h")).toEqual(token);
      await store().addToken({ ...token, hash: "g", createdAt: 2 });
      await store().addToken({ ...token, hash: "f", user: "ada" });
      expect((await store().tokens("local")).map(({ hash }) => hash)).toEqual(["h", "g"]);
      await store().changeToken("h", { name: "mine" });
      await store().changeToken("h", { usedAt: 7 });
      await store().changeToken("nobody's", { name: "none" });
      expect(await store().token("h")).toEqual({ ...token, name: "mine", usedAt: 7 });
      expect(await store().token("g")).toMatchObject({ name: "first", usedAt: null });
      await store().removeToken("h");
      expect(await store().token("h")).toBeNull();
    });
  });
}
