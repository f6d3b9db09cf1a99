import { expect, test } from "bun:test";
import { join } from "node:path";
import { movesAbout, readAnsi, type Line } from "./ansi.ts";
import { LiveScreen, Screen } from "./screen.ts";

const ESC = "\u001b";
const plain = (lines: readonly Line[]): string[] => lines.map((runs) => runs.map(({ text }) => text).join(""));

async function onScreen(text: string): Promise<readonly Line[]> {
  const screen = new Screen();
  await screen.write(text);
  const lines = screen.lines();
  screen.dispose();
  return lines;
}

/** What programs wrote to a terminal, byte for byte. */
const recorded = (name: string): Promise<string> => Bun.file(join(import.meta.dir, "recorded", `${name}.txt`)).text();

test("npm's spinner, ora's, and git's progress leave what a terminal shows in the end", async () => {
  const shown: Record<string, string[]> = {
    "npm-install": ["", "added 4 packages in 512ms"],
    ora: ["✔ Loaded"],
    "git-clone": ["Resolving deltas: 100% (1303/1303), done."],
  };
  for (const [name, lines] of Object.entries(shown)) {
    const text = await recorded(name);
    // These stay in their line: no terminal is loaded for them, and both ways show the same.
    expect({ name, moves: movesAbout(text) }).toEqual({ name, moves: false });
    expect({ name, lines: plain(await onScreen(text)) }).toEqual({ name, lines });
    expect({ name, lines: plain(withoutBlanks(readAnsi(text))) }).toEqual({ name, lines });
  }
});

const withoutBlanks = (lines: readonly Line[]): Line[] =>
  lines.slice(0, lines.findLastIndex((runs) => runs.some(({ text }) => text.trim() !== "")) + 1);

test("a list of tasks that is drawn again and again (listr2: cursor up, erase line) stands there once", async () => {
  const text = await recorded("listr2");
  expect(movesAbout(text)).toBe(true);
  expect(plain(await onScreen(text))).toEqual(["✔ Build", "✔ Test", "✔ Publish"]);
});

test("bun's steps, which go back over wide characters, are gone when it is done", async () => {
  const text = await recorded("bun-add");
  expect(movesAbout(text)).toBe(true);
  const lines = plain(await onScreen(text));
  expect(lines[1]).toBe("");
  expect(lines.at(-1)).toBe("5 packages installed [87.00ms]");
});

test("colours: the 16, the 256, true colour, also with moves between them", async () => {
  const text = `${ESC}[1;31mred${ESC}[0m ${ESC}[38;5;196mcube${ESC}[0m ${ESC}[38;2;1;2;3mtrue${ESC}[48;5;9mback${ESC}[0m`;
  const [line] = await onScreen(`old${ESC}[1A${ESC}[2K\r${text}`);
  expect(line).toEqual([
    { text: "red", style: { color: "ansi-1", bold: true } },
    { text: " ", style: {} },
    { text: "cube", style: { color: "#ff0000" } },
    { text: " ", style: {} },
    { text: "true", style: { color: "#010203" } },
    { text: "back", style: { color: "#010203", background: "ansi-9" } },
  ]);
});

test("a full-screen program is shown while it runs, and what was there before once it ended", async () => {
  const running = `before\n${ESC}[?1049h${ESC}[2J${ESC}[3;5Hin the middle`;
  expect(movesAbout(running)).toBe(true);
  expect(plain(await onScreen(running))).toEqual(["", "", "    in the middle"]);
  expect(plain(await onScreen(`${running}${ESC}[?1049l`))).toEqual(["before"]);
});

test("a line longer than the screen is wide stays one line, also over the screen's upper end", async () => {
  const long = "x".repeat(700);
  const many = Array.from({ length: 120 }, (_, index) => `${index} ${long}`);
  expect(plain(await onScreen(many.join("\n")))).toEqual(many);
});

test("output that grows shows the same as all of it at once, and what left the screen is not read again", async () => {
  const text = (await recorded("listr2")) + Array.from({ length: 200 }, (_, index) => `line ${index}\n`).join("");
  const screen = new Screen();
  const settled: Line[] = [];
  for (let at = 0; at < text.length; at += 97) {
    await screen.write(text.slice(at, at + 97));
    const lines = screen.lines();
    for (const [index, line] of settled.entries()) expect(lines[index]).toBe(line);
    settled.splice(0, Infinity, ...lines.slice(0, -50));
  }
  expect(screen.lines()).toEqual(await onScreen(text));
  expect(settled.length).toBeGreaterThan(100);
  screen.dispose();
});

test("what is shown live ends as the newest text, however fast texts come, and starts over with another", async () => {
  const seen: string[] = [];
  const last = Promise.withResolvers<readonly Line[]>();
  const live = new LiveScreen((lines, text) => {
    seen.push(text);
    if (text === "another") last.resolve(lines);
  });
  for (let length = 1; length <= 50; length++) live.show("ab\n".repeat(length));
  live.show("another");
  expect(plain(await last.promise)).toEqual(["another"]);
  expect(seen.length).toBeLessThan(5);
  live.end();
});
