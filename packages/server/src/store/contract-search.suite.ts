import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Topic } from "@skein/client/protocol";
import type { Store } from "./contract.ts";
import { append, drop, patch, put, T, U, write } from "./testing/edits.ts";

/** The search's part of the contract. */
export function searchContract(current: () => Store): void {
  describe("search", () => {
    const find = async (text: string, topics: readonly Topic[] | "all" = "all") =>
      (await current().search({ text, topics, limit: 100 })).hits.map((hit) => hit.id);
    const message = (pos: number, text: string, status = "complete") =>
      put("message", `m${pos}`, { pos, text, status });

    test("finds a message once it closed, by all words given, the last as a beginning, marks or not", async () => {
      const store = current();
      await store.commit([write(T, message(1, "", "streaming"))]);
      await store.commit([write(T, append("m1", 0, "Crème brûlée for two"))]);
      expect(await find("creme")).toEqual([]);
      await store.commit([write(T, patch("message", "m1", { status: "complete" }))]);
      expect(await find("creme BRU")).toEqual(["m1"]);
      expect(await find("bru creme")).toEqual([]);
      expect(await find("creme soup")).toEqual([]);
      const { hits } = await store.search({ text: "brûlée", topics: "all", limit: 1 });
      expect(hits).toEqual([
        {
          topic: T,
          kind: "message",
          id: "m1",
          pos: 1,
          snippet: "Crème \u0002brûlée\u0003 for two",
          ts: expect.any(Number) as number,
        },
      ]);
    });

    test("follows what is changed and dropped", async () => {
      const store = current();
      await store.commit([write(T, put("thread", "one", { title: "apples" }), message(1, "pears"))]);
      await store.commit([write(T, patch("thread", "one", { title: "cherries" }), drop("message", "m1"))]);
      expect(await find("apples")).toEqual([]);
      expect(await find("pears")).toEqual([]);
      expect(await find("cherries")).toEqual(["one"]);
    });

    test("P69: newest first, by pages that neither miss nor repeat, in the topics given only", async () => {
      const store = current();
      for (let pos = 1; pos <= 7; pos++) await store.commit([write(pos % 2 ? T : U, message(pos, `word ${pos}`))]);
      const ids: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.search({
          text: "word",
          topics: "all",
          limit: 3,
          ...(before === undefined ? {} : { before }),
        });
        ids.push(...page.hits.map((hit) => hit.id));
        if (before === undefined) await store.commit([write(T, message(8, "word 8"))]);
        before = page.next ?? undefined;
      } while (before !== undefined);
      expect(ids).toEqual(["m7", "m6", "m5", "m4", "m3", "m2", "m1"]);
      expect(await find("word", [U])).toEqual(["m6", "m4", "m2"]);
      expect(await find("word", [])).toEqual([]);
      expect(store.search({ text: "word", topics: "all", limit: 1, before: "x" })).rejects.toEqual(
        expect.objectContaining({ kind: "invalid" }) as unknown,
      );
    });

    test("words that are repeated are looked for once, of many words some, and a single letter as a word", async () => {
      const store = current();
      await store.commit([write(T, message(1, "one apple a day"), message(2, "an apple"))]);
      expect(await find("apple ".repeat(250))).toEqual(["m2", "m1"]);
      expect(await find("a")).toEqual(["m1"]);
      expect(await find("an")).toEqual(["m2"]);
      const words = Array.from({ length: 250 }, (_, n) => `w${n}`);
      await store.commit([write(T, message(3, [...words.slice(0, 15), "end"].join(" ")))]);
      expect(await find([...words, "end"].join(" "))).toEqual(["m3"]);
    });

    test("whatever is typed is looked for, never a fault", async () => {
      const store = current();
      await store.commit([write(T, message(1, 'NEAR(a b) AND "quoted" col:umn -x ^y * z'))]);
      for (const text of [
        '"',
        "AND",
        "a AND",
        "NEAR(",
        "col:umn",
        "-x",
        "*",
        "^",
        "(",
        "'; DROP TABLE entity",
        "\u0000",
        "\ud800",
      ]) {
        expect(Array.isArray(await find(text))).toBe(true);
      }
      expect(await find("near")).toEqual(["m1"]);
      expect(await find('AND "quoted" col:umn')).toEqual(["m1"]);
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
          await find(text);
        }),
      );
    });
  });
}
