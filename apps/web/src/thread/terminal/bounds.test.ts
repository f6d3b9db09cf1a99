import { expect, setDefaultTimeout, test } from "bun:test";
import { movesAbout, readAnsi } from "./ansi.ts";
import { BoundedOutput } from "./bounded-output.ts";
import { Screen } from "./screen.ts";

// What is bounded here is the processor's time; a busy machine may take longer by the clock.
setDefaultTimeout(120_000);

const ESC = "\u001b";
/** More processor time than this, in ms, or more of it without a pause, would be felt. */
const MOST_MS = 3_000;
const MOST_BLOCKED_MS = 1_500;

/** What output takes to be shown as a terminal shows it, in ms of the processor's time; and the longest without a pause. */
async function cost(output: string): Promise<{ whole: number; blocked: number; lines: number }> {
  const begin = process.cpuUsage().user;
  let [last, blocked] = [begin, 0];
  const look = (): void => {
    const now = process.cpuUsage().user;
    [last, blocked] = [now, Math.max(blocked, now - last)];
  };
  const timer = setInterval(look, 1);
  const screen = new Screen();
  await screen.write(output);
  const lines = screen.lines().length;
  screen.dispose();
  look();
  clearInterval(timer);
  return { whole: (process.cpuUsage().user - begin) / 1000, blocked: blocked / 1000, lines };
}

const HUGE = [
  "S",
  "T",
  "b",
  "L",
  "M",
  "I",
  "Z",
  "@",
  "P",
  "X",
  "A",
  "B",
  "C",
  "D",
  "E",
  "F",
  "G",
  "H",
  "`",
  "a",
  "d",
  "e",
];

test("output with numbers beyond any screen is shown in bounded time", async () => {
  for (const final of HUGE) {
    for (const start of [`${ESC}[`, `${ESC}[\u0000`, `${ESC}\n[`, "\u009b", `${ESC}[99\u001b[`]) {
      const output = `x${start}2147483647${final}y`;
      const { whole, lines } = await cost(output);
      expect({ output, isSlow: whole > MOST_MS, isLong: lines > 5_000 }).toEqual({
        output,
        isSlow: false,
        isLong: false,
      });
    }
  }
});

test("output that does the same thousands of times is shown in bounded time, with pauses for the page", async () => {
  for (const unit of [
    `${ESC}c`,
    `${ESC}\nc`,
    `${ESC}[50S`,
    `${ESC}[50L`,
    `${ESC}[2J`,
    `${ESC}[?1049h${ESC}[?1049l`,
    `${ESC}#8`,
    "\n",
    "x\r",
  ]) {
    const { whole, blocked } = await cost(unit.repeat(Math.floor(60_000 / unit.length)));
    expect({ unit, isSlow: whole > MOST_MS, isStuck: blocked > MOST_BLOCKED_MS }).toEqual({
      unit,
      isSlow: false,
      isStuck: false,
    });
  }
});

test("any sequences, whole or cut anywhere, are shown in bounded time and alike (seeded)", async () => {
  const seed = Number(process.env["SEED"] ?? 11);
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const numbers = ["", "0", "1", "7", "49", "50", "161", "9999", "2147483647", "99999999999999999999"];
  const sequence = (): string => {
    const params = Array.from({ length: random(4) }, () => numbers[random(numbers.length)]).join(random(5) ? ";" : ":");
    const start = [`${ESC}[`, `${ESC}[`, `${ESC}[?`, "\u009b", `${ESC}[>`, `${ESC}]0;`, `${ESC}P`, ESC][random(8)];
    return `${start}${params}${["", "", " ", "$", "\u0000", "\n"][random(6)]}${String.fromCharCode(0x40 + random(63))}`;
  };
  for (let round = 0; round < 40; round++) {
    const pieces = Array.from({ length: 150 }, () =>
      random(3) ? sequence() : ["ab", "é", "日本", "\n", "\r", "🧶"][random(6)],
    );
    const output = pieces.join("");
    const took = await cost(output);
    expect({ output, isSlow: took.whole > MOST_MS }).toEqual({ output, isSlow: false });
    const [whole, cut] = [new BoundedOutput(), new BoundedOutput()];
    const at = random(output.length);
    const inOne = whole.take(output);
    const inTwo = cut.take(output.slice(0, at)) + cut.take(output.slice(at));
    expect(inTwo.slice(inTwo.lastIndexOf(`${ESC}c`) + 1)).toBe(inOne.slice(inOne.lastIndexOf(`${ESC}c`) + 1));
  }
});

test("what fits a screen is passed on as it is", () => {
  const kept = `a${ESC}[31;48;2;1;255;300mb${ESC}[2K\r${ESC}[1A${ESC}]0;title\u0007${ESC}[?1049h${ESC}[3;5Hc${ESC}(B日${ESC}[K`;
  expect(new BoundedOutput().take(kept)).toBe(kept);
});

test("output that stays in its lines is read in bounded time, wherever it goes in them", () => {
  for (const unit of [
    `${ESC}[999999999G`,
    `${ESC}[999999999Gx`,
    `x${ESC}[99G${ESC}[1K`,
    `x${ESC}[K`,
    `${ESC}[1;2;3m`,
    `${ESC}]`,
    `${ESC}[1`,
  ]) {
    const output = `${"y".repeat(20_000)}${unit.repeat(Math.floor(40_000 / unit.length))}`;
    const before = process.cpuUsage().user;
    const lines = readAnsi(output);
    const took = (process.cpuUsage().user - before) / 1000;
    expect({ unit, isSlow: took > MOST_MS, lines: lines.length }).toEqual({ unit, isSlow: false, lines: 1 });
    movesAbout(output);
  }
  expect(readAnsi(`${ESC}[999999999Gx`)[0]?.map(({ text }) => text.length)).toEqual([160]);
});
