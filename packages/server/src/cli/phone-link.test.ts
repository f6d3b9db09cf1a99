import { expect, test } from "bun:test";
import { encode } from "uqr";
import { showForPhone } from "./phone-link.ts";
import { Screen } from "./screen.ts";

const LINK = "http://192.168.1.20:7717/pair#ABCDE-FGHJK";
const PAINTED = "\u001b[38;5;16;48;5;231m";

function shown(isTTY: boolean, env: Record<string, string> = {}): string {
  let err = "";
  const stream = (write: (text: string) => void) => ({
    isTTY,
    columns: 100,
    write(text: string, done?: () => void) {
      write(text);
      done?.();
    },
  });
  showForPhone(
    new Screen(
      stream(() => {}),
      stream((text) => (err += text)),
      { TERM: "xterm-256color", ...env },
    ),
    LINK,
  );
  return err;
}

/** Which halves of a cell its ink covers, the upper first. */
const HALVES: Record<string, [boolean, boolean]> = {
  " ": [false, false],
  "▀": [true, false],
  "▄": [false, true],
  "█": [true, true],
};

/** Two rows of the picture for each line; true is ink. */
const inked = (lines: readonly string[]): boolean[][] =>
  lines.flatMap((line) => [0, 1].map((half) => Array.from(line).map((cell) => HALVES[cell]?.[half] === true)));

/** As a camera sees it, dark true; the code has an odd number of rows, and what is below the last is its surroundings. */
const wanted = (): boolean[][] => encode(LINK, { border: 2 }).data;

test("the picture is black on white whatever colours the terminal has", () => {
  const lines = shown(true)
    .split("\n")
    .filter((line) => line.startsWith(PAINTED));
  for (const line of lines) expect(line).toEndWith("\u001b[0m");
  const drawn = inked(lines.map((line) => line.slice(PAINTED.length, -"\u001b[0m".length)));
  expect(drawn.slice(0, wanted().length)).toEqual(wanted());
});

test("without colours its light is drawn, for a dark terminal", () => {
  const out = shown(true, { NO_COLOR: "1" });
  expect(out).not.toContain("\u001b[");
  const drawn = inked(out.split("\n").slice(1, -1)).map((row) => row.map((ink) => !ink));
  expect(drawn.slice(0, wanted().length)).toEqual(wanted());
});

test("in a pipe there is the link alone", () => {
  expect(shown(false)).toBe(`phone  ${LINK}\n`);
});
