import { expect, test } from "bun:test";
import { RawLines } from "./raw-lines.ts";

const line = (text: string, status: string, id = "a"): string =>
  JSON.stringify({ method: "session/update", params: { update: { toolCallId: id, status, content: [{ text }] } } });
/** A kept line with what it leaves out put back from one before it. */
function restored(kept: string, before: readonly string[], line: string): boolean {
  const [, head = "", units, rest = ""] = /^(.*?)\[… (\d+) units as in the line before …\](.*)$/s.exec(kept) ?? [];
  if (units === undefined) return kept === line;
  const left = line.slice(head.length, head.length + Number(units));
  return before.some((each) => each.includes(left)) && head + left + rest === line;
}

test("L23: lines that resend what grows keep only what is new, also where calls grow beside each other and one ends", () => {
  const lines = new RawLines();
  const before: string[] = [];
  let text = "";
  let units = 0;
  for (let index = 0; index < 200; index++) {
    text += `line ${index} 😀 `.repeat(20);
    for (const id of ["a", "b", "c"]) {
      const given = line(text, index === 199 ? "completed" : "in_progress", id);
      const kept = lines.shortened(given);
      expect(restored(kept, before, given)).toBe(true);
      expect(kept.isWellFormed()).toBe(true);
      units += kept.length;
      before.push(given);
    }
  }
  expect(units).toBeLessThan(3 * (2 * text.length + 200 * 300));
});

test("lines that are short, or other ones, are kept as they are", () => {
  const lines = new RawLines();
  for (const given of ["{}", "{}", "x".repeat(9000), "y".repeat(9000), `y${"z".repeat(9000)}`]) {
    expect(lines.shortened(given)).toBe(given);
  }
});
