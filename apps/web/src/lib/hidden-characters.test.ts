import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { partsOf, spelledOut } from "./hidden-characters.ts";

const names = (text: string, words: boolean): string[] =>
  partsOf(text, words).flatMap((part) => (typeof part === "string" ? [] : [part.name]));

test("all parts together are the text, and what is hidden is never among what is said", () => {
  const characters = fc.constantFrom(
    ..."ab م👩‍💻❤️\r\n\t".split(""),
    "\u202e",
    "\u200d",
    "\u{e0041}",
    "\u{1f600}",
    "\ufe0f",
  );
  fc.assert(
    fc.property(fc.array(characters), fc.boolean(), (list, words) => {
      const text = list.join("");
      const parts = partsOf(text, words);
      expect(parts.map((part) => (typeof part === "string" ? part : part.text)).join("")).toBe(text);
      expect(parts.filter((part) => typeof part === "string").join("")).not.toMatch(/[\u202e\u{e0041}]/u);
    }),
  );
});

describe("hidden characters", () => {
  test("are direction marks, what has no width, tags and controls; no tabs, no ends of lines", () => {
    for (const each of [
      "\u202a",
      "\u202e",
      "\u2066",
      "\u2069",
      "\u200b",
      "\u200e",
      "\u2060",
      "\ufeff",
      "\u00ad",
      "\u0000",
    ])
      for (const words of [true, false]) expect(names(`a${each}b`, words)).toHaveLength(1);
    expect(names("\u{e0041}", true)).toEqual(["U+E0041"]);
    expect(names("a\tb\r\nc\n\r\n", false)).toEqual([]);
    expect(names("real\rfake", false)).toEqual(["U+000D"]);
  });

  test("that belong to emoji are none; alone, or beside other things, they are", () => {
    for (const emoji of ["👩‍💻", "👩🏽‍🚒", "❤️", "👁️‍🗨️", "1️⃣", "🏳️‍🌈"]) {
      expect([emoji, ...names(emoji, false)]).toEqual([emoji]);
      expect([emoji, ...names(`a${emoji}b`, true)]).toEqual([emoji]);
    }
    expect(names("a\u200db", true)).toEqual(["U+200D"]);
    expect(names("👩\u200d", true)).toEqual(["U+200D"]);
    expect(names("a\ufe0f", false)).toEqual(["U+FE0F"]);
  });

  test("that a script needs are none in words, and are some in code", () => {
    for (const word of ["می‌خواهم", "क्‍ष", "葛\u{e0100}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) {
      expect([word, ...names(word, true)]).toEqual([word]);
      expect(names(word, false).length).toBeGreaterThan(0);
    }
    expect(names("pass\u200cword", true)).toEqual(["U+200C"]);
  });

  test("many in a row are told together", () => {
    expect(spelledOut(`x${"\u{e0048}".repeat(42)}y`)).toBe("x<U+E0048 +41>y");
    expect(spelledOut("Run \u202ex\u202c")).toBe("Run <U+202E>x<U+202C>");
  });
});
