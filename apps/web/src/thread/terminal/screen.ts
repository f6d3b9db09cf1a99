import { Terminal, type IBuffer, type IBufferCell } from "@xterm/headless";
import { COLUMNS, hex, indexed, type Line, type Run, type Style } from "./ansi.ts";
import { BoundedOutput } from "./bounded-output.ts";

/** What is wider than the screen is joined again when it is read. */
const ROWS = 50;
/** Output is written in pieces of this length, in UTF-16 units: between them the page can do something else. */
const PIECE = 1_000;
/** More lines than the drawn part of an output can have. */
const SCROLLBACK = 100_000;

const PLAIN: Style = {};

/**
 * A terminal without a window: takes output with everything in it that moves the cursor about the screen, and tells what
 * is then to be seen. @xterm/headless understands the output; drawing stays ours, as text that can be selected and read.
 */
export class Screen {
  readonly #terminal = new Terminal({
    cols: COLUMNS,
    rows: ROWS,
    scrollback: SCROLLBACK,
    // What comes through a pipe ends its lines with a line feed alone.
    convertEol: true,
    allowProposedApi: true,
  });
  readonly #bounded = new BoundedOutput();
  /** Lines that have left the screen upwards: nothing changes them any more. */
  #settled: Line[] = [];
  /** Rows of the buffer that they are. */
  #read = 0;

  /** Resolves when it is on the screen. */
  write(text: string): Promise<void> {
    const output = this.#bounded.take(text);
    for (let from = 0; from < output.length; from += PIECE) this.#terminal.write(output.slice(from, from + PIECE));
    return new Promise((resolve) => this.#terminal.write("", resolve));
  }

  /** All there is to be seen. A line that nothing changes any more is the same object each time. */
  lines(): readonly Line[] {
    const { active: buffer } = this.#terminal.buffer;
    if (buffer.type === "alternate") return withoutEnd(readRows(buffer, 0, buffer.length).lines);
    // What erases the lines above starts them over.
    if (buffer.baseY < this.#read) [this.#settled, this.#read] = [[], 0];
    const above = readRows(buffer, this.#read, buffer.baseY);
    this.#settled.push(...above.lines);
    this.#read = above.end;
    return withoutEnd([...this.#settled, ...readRows(buffer, this.#read, buffer.length).lines]);
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

/** The lines of the rows up to `to`; one that goes on at `to` is left to be read later. `end`: the row after the last. */
function readRows(buffer: IBuffer, from: number, to: number): { lines: Line[]; end: number } {
  const lines: Line[] = [];
  const cell = buffer.getNullCell();
  let end = from;
  for (let row = from; row < to;) {
    let next = row + 1;
    while (buffer.getLine(next)?.isWrapped) next++;
    if (next > to) break;
    lines.push(readLine(buffer, row, next, cell));
    row = end = next;
  }
  return { lines, end };
}

/** One line that takes the rows from `from` to before `to`, without the blanks at its end. */
function readLine(buffer: IBuffer, from: number, to: number, cell: IBufferCell): Line {
  const runs: Run[] = [];
  let [text, style, key] = ["", PLAIN, ""];
  const end = (): void => {
    if (text !== "") runs.push({ text, style });
    text = "";
  };
  for (let row = from; row < to; row++) {
    const line = buffer.getLine(row);
    for (let column = 0; column < COLUMNS; column++) {
      const found = line?.getCell(column, cell);
      // The second half of a wide character has no width of its own.
      if (found === undefined || found.getWidth() === 0) continue;
      const look = lookOf(found);
      if (look !== key) {
        end();
        [key, style] = [look, look === "" ? PLAIN : styleOf(found)];
      }
      text += found.getChars() || " ";
    }
  }
  end();
  return withoutBlanks(runs);
}

function withoutBlanks(runs: Run[]): Line {
  for (let last = runs.at(-1); last !== undefined && last.style.background === undefined; last = runs.at(-1)) {
    if (last.style.inverse || last.style.underline) break;
    const text = last.text.trimEnd();
    if (text === last.text) break;
    runs.pop();
    if (text !== "") runs.push({ text, style: last.style });
  }
  return runs;
}

function withoutEnd(lines: Line[]): Line[] {
  return lines.slice(0, lines.findLastIndex((line) => line.length > 0) + 1);
}

/** Tells looks apart; empty for the plain one. */
function lookOf(cell: IBufferCell): string {
  if (cell.isAttributeDefault()) return "";
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isStrikethrough(),
    cell.isInverse(),
  ];
  return `${cell.getFgColorMode()} ${cell.getFgColor()} ${cell.getBgColorMode()} ${cell.getBgColor()} ${flags.join(" ")}`;
}

function styleOf(cell: IBufferCell): Style {
  const color = colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor());
  const background = colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  return {
    ...(color && { color }),
    ...(background && { background }),
    ...(cell.isBold() && { bold: true }),
    ...(cell.isDim() && { dim: true }),
    ...(cell.isItalic() && { italic: true }),
    ...(cell.isUnderline() && { underline: true }),
    ...(cell.isStrikethrough() && { strike: true }),
    ...(cell.isInverse() && { inverse: true }),
  };
}

function colorOf(isDefault: boolean, isRgb: boolean, value: number): string | undefined {
  if (isDefault) return undefined;
  return isRgb ? hex((value >> 16) & 255, (value >> 8) & 255, value & 255) : indexed(value);
}

/**
 * Shows a text that grows, one write at a time: what comes while one is under way goes with the next.
 * @param onLines Told what is to be seen each time it changed, with the text that it is of.
 */
export class LiveScreen {
  readonly #onLines: (lines: readonly Line[], text: string) => void;
  #screen = new Screen();
  #written = "";
  #wanted = "";
  #busy = false;
  #ended = false;

  constructor(onLines: (lines: readonly Line[], text: string) => void) {
    this.#onLines = onLines;
  }

  show(text: string): void {
    this.#wanted = text;
    if (!this.#busy) void this.#run();
  }

  end(): void {
    this.#ended = true;
    if (!this.#busy) this.#screen.dispose();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (!this.#ended && this.#wanted !== this.#written) {
      const text = this.#wanted;
      if (!text.startsWith(this.#written)) {
        this.#screen.dispose();
        this.#screen = new Screen();
        this.#written = "";
      }
      await this.#screen.write(text.slice(this.#written.length));
      this.#written = text;
      if (!this.#ended) this.#onLines(this.#screen.lines(), text);
    }
    this.#busy = false;
    if (this.#ended) this.#screen.dispose();
  }
}
