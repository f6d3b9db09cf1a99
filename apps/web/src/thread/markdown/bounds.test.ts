import { expect, setDefaultTimeout, test } from "bun:test";
import { BlockReader, closed } from "./block-reader.ts";

// What is bounded here is the processor's time; a busy machine may take longer by the clock.
setDefaultTimeout(120_000);

/** More than so much processor time, in ms, would be felt; without bounds each of these texts takes many times that. */
const MOST_MS = 1_500;

/** Nearly all that is read of a text. */
const LENGTH = 95_000;
const table = (columns: number): string =>
  `${"|a".repeat(columns)}|\n${"|-".repeat(columns)}|\n${"|\n".repeat(20_000)}`;
const UNITS = ["a.b+", "_a__b", ">", "> ", "*a ", "**a*", "[a](", "<a ", "a  \n", "\\"];

/** What a text takes to be read, in ms of the processor's time. */
function cost(text: string): number {
  const before = process.cpuUsage().user;
  const blocks = new BlockReader().read(text);
  const last = blocks.at(-1);
  if (last) closed(last);
  return (process.cpuUsage().user - before) / 1000;
}

for (const unit of UNITS) {
  test(`Markdown is read in bounded time: 95 KB of ${JSON.stringify(unit)}`, () => {
    expect(cost(`${unit.repeat(LENGTH / unit.length)}@`)).toBeLessThan(MOST_MS);
  });
}

test("Markdown is read in bounded time: a table of thousands of columns and rows", () => {
  expect(cost(table(5_000))).toBeLessThan(MOST_MS);
});

test("Markdown is read in bounded time: whatever is repeated (seeded)", () => {
  const seed = Number(process.env["SEED"] ?? 7);
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const signs = [..."_*~`[]()<>!@:.&+-#|\\=\n\n  \tab1".split(""), "http://", "www.", "[^a]", "---"];
  for (let round = 0; round < 4; round++) {
    const unit = Array.from({ length: 1 + random(6) }, () => signs[random(signs.length)] ?? "").join("");
    const text = unit.repeat(Math.ceil(LENGTH / unit.length));
    const took = cost(text);
    expect({ unit, isSlow: took > MOST_MS }).toEqual({ unit, isSlow: false });
  }
});

test("what goes beyond a bound shows as it was written, and what stands before it as ever", () => {
  const long = `# Title\n\n${"word _really_ ".repeat(2_000)}\n\n*end*`;
  const blocks = new BlockReader().read(long);
  expect(blocks.map(({ raw }) => raw).join("")).toBe(long);
  expect(blocks[0]?.token.type).toBe("heading");
  const whole = new BlockReader().read(`*start*\n\n${"a\n\n".repeat(50_000)}`);
  expect(whole[0]?.token.type).toBe("paragraph");
  expect(whole.at(-1)?.token.type).toBe("plain");
  expect(whole.map(({ raw }) => raw).join("").length).toBe(150_009);
});

test("a paragraph of thousands of words has its emphasis and links throughout", () => {
  const [block] = new BlockReader().read("some *words* and [a link](https://x.org) ".repeat(300));
  const kinds = JSON.stringify(block?.token);
  expect(kinds.match(/"type":"em"/g)?.length).toBe(300);
});
