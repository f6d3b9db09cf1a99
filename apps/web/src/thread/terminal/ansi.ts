/** How a run of terminal text looks. Colours are names of theme tokens (`ansi-0` to `ansi-15`) or `#rrggbb`. */
export type Style = {
  readonly color?: string | undefined;
  readonly background?: string | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly strike?: boolean | undefined;
  readonly inverse?: boolean | undefined;
};
export type Run = { readonly text: string; readonly style: Style };
export type Line = readonly Run[];

/**
 * Wider than any terminal an agent runs commands in: a bar that is drawn over itself must fit a line. No sequence moves
 * the cursor further in a line that is shorter.
 */
export const COLUMNS = 160;

type Cell = { char: string; style: Style };

const PLAIN: Style = {};
/** CSI sequences, OSC sequences with either end, and other escapes of two characters (ECMA-48, 5.4 and 5.6). */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const ESCAPE = /\u001b(?:\[([\d;:<=>?]*)[ -/]*([@-~])|\](?:[^\u0007\u001b]*)(?:\u0007|\u001b\\|$)|[ -/]*[0-~]|$)/y;

/**
 * What goes to another place than on in its line: moves of the cursor, erasing and scrolling of the screen, inserted and
 * deleted lines and characters, margins, the alternate screen (ECMA-48, 8.3; xterm's control sequences).
 */
const MOVES =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /\u001b(?:\[[\d;]*[A-FHIJLMPSTXZ@`adefrsu]|\[\?(?:47|104[79])[hl]|[78DEMc])|\u000b|\u000c/;

/** Whether output moves about the screen, so that it takes a terminal to tell what is to be seen in the end. */
export const movesAbout = (text: string): boolean => MOVES.test(text);

/**
 * Terminal output as lines of styled runs: SGR colours (16, 256 and true colour), carriage returns and backspaces that
 * write over what stands there, and erasing within a line. What moves about the screen (`movesAbout`) is left out.
 */
export function readAnsi(text: string): Line[] {
  const lines: Line[] = [];
  let cells: Cell[] = [];
  let at = 0;
  let style = PLAIN;
  const endLine = (): void => {
    lines.push(runsOf(cells));
    cells = [];
    at = 0;
  };
  for (let index = 0; index < text.length;) {
    const char = text[index] ?? "";
    if (char === "\u001b") {
      ESCAPE.lastIndex = index;
      const match = ESCAPE.exec(text);
      if (match === null) {
        index++;
        continue;
      }
      const [whole, params = "", final] = match;
      if (final === "m") style = restyle(style, params);
      else if (final === "K") erase(cells, at, params);
      else if (final === "G") at = clamp(Number(params || 1) - 1, Math.max(COLUMNS, cells.length) - 1);
      index += whole.length;
      continue;
    }
    const point = String.fromCodePoint(text.codePointAt(index) ?? 0);
    index += point.length;
    if (point === "\n") endLine();
    else if (point === "\r") at = 0;
    else if (point === "\b") at = Math.max(0, at - 1);
    else if (point === "\t" || point >= " ") {
      while (cells.length < at) cells.push({ char: " ", style: PLAIN });
      cells[at++] = { char: point, style };
    }
  }
  if (cells.length > 0 || lines.length === 0) endLine();
  return lines;
}

const clamp = (place: number, most: number): number => (place > 0 ? Math.min(place, most) : 0);

const BLANK: Cell = { char: " ", style: PLAIN };

function erase(cells: Cell[], at: number, params: string): void {
  if (params === "1") for (let index = Math.min(at, cells.length - 1); index >= 0; index--) cells[index] = BLANK;
  else cells.length = params === "2" ? 0 : Math.min(cells.length, at);
}

function runsOf(cells: readonly Cell[]): Run[] {
  const runs: { text: string; style: Style }[] = [];
  for (const { char, style } of cells) {
    const last = runs.at(-1);
    if (last && last.style === style) last.text += char;
    else runs.push({ text: char, style });
  }
  return runs;
}

/** Select Graphic Rendition (ECMA-48, 8.3.117, with the colours of ISO 8613-6). */
function restyle(before: Style, params: string): Style {
  const codes = params.split(/[;:]/).map(Number);
  let style = before;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(index + 1));
      index += used;
      if (color !== null) style = { ...style, [code === 38 ? "color" : "background"]: color };
      continue;
    }
    style = { ...style, ...simple(code) };
    if (code === 0) style = PLAIN;
  }
  return style;
}

function simple(code: number): Style {
  if (code >= 30 && code <= 37) return { color: `ansi-${code - 30}` };
  if (code >= 90 && code <= 97) return { color: `ansi-${code - 82}` };
  if (code >= 40 && code <= 47) return { background: `ansi-${code - 40}` };
  if (code >= 100 && code <= 107) return { background: `ansi-${code - 92}` };
  return SIMPLE[code] ?? PLAIN;
}

const SIMPLE: Record<number, Style> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: undefined, dim: undefined },
  23: { italic: undefined },
  24: { underline: undefined },
  27: { inverse: undefined },
  29: { strike: undefined },
  39: { color: undefined },
  49: { background: undefined },
};

function extended(codes: readonly number[]): { color: string | null; used: number } {
  if (codes[0] === 5) return { color: indexed(codes[1] ?? 0), used: 2 };
  if (codes[0] === 2) return { color: hex(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), used: 4 };
  return { color: null, used: 0 };
}

/** xterm's 256: 16 named, a cube of 6×6×6, 24 greys. */
export function indexed(index: number): string {
  if (index < 16) return `ansi-${index}`;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return hex(grey, grey, grey);
  }
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return hex(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6));
}

/** `#rrggbb` of three channels from 0 to 255. */
export const hex = (...channels: number[]): string =>
  `#${channels.map((channel) => Math.min(255, channel).toString(16).padStart(2, "0")).join("")}`;
