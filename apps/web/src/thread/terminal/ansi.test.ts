import { expect, test } from "bun:test";
import { readAnsi } from "./ansi.ts";

const ESC = "\u001b";
const plain = (text: string): string[] => readAnsi(text).map((runs) => runs.map((run) => run.text).join(""));
const first = (text: string) => readAnsi(text)[0]?.[0];

test("colours: the 16, the 256, true colour, and back", () => {
  expect(first(`${ESC}[31mred`)).toEqual({ text: "red", style: { color: "ansi-1" } });
  expect(first(`${ESC}[92mbright`)).toEqual({ text: "bright", style: { color: "ansi-10" } });
  expect(first(`${ESC}[48;5;9mx`)).toEqual({ text: "x", style: { background: "ansi-9" } });
  expect(first(`${ESC}[38;5;196mx`)?.style.color).toBe("#ff0000");
  expect(first(`${ESC}[38;5;244mx`)?.style.color).toBe("#808080");
  expect(first(`${ESC}[38;2;1;2;3mx`)?.style.color).toBe("#010203");
  expect(readAnsi(`${ESC}[1;31ma${ESC}[0mb`)[0]).toEqual([
    { text: "a", style: { bold: true, color: "ansi-1" } },
    { text: "b", style: {} },
  ]);
});

test("a colour goes on over the end of a line", () => {
  const [, second] = readAnsi(`${ESC}[32mone\ntwo`);
  expect(second).toEqual([{ text: "two", style: { color: "ansi-2" } }]);
});

test("a carriage return writes over the line, as progress bars do; a backspace over a character", () => {
  expect(plain("10 %\r50 %\r100 %\ndone")).toEqual(["100 %", "done"]);
  expect(plain("long line\rshort")).toEqual(["shortline"]);
  expect(plain(`long line\r${ESC}[Kshort`)).toEqual(["short"]);
  expect(plain("ab\bc")).toEqual(["ac"]);
  expect(plain("one\r\ntwo\r\n")).toEqual(["one", "two"]);
});

test("what is no text is left out: titles, links, moves, half a sequence at the end", () => {
  expect(plain(`${ESC}]0;title\u0007a${ESC}]8;;https://x.org${ESC}\\b${ESC}[2Jc${ESC}[?25ld\u0000`)).toEqual(["abcd"]);
  expect(plain(`a${ESC}`)).toEqual(["a"]);
});

test("characters beyond the first plane stay whole", () => {
  expect(plain("🧶é日本")).toEqual(["🧶é日本"]);
});
