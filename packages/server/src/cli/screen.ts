import { harmless } from "./text.ts";

/** What of a stream is needed here; `process.stdout` and `process.stderr` are such. */
type Output = { isTTY?: boolean; columns?: number; write(text: string, done?: () => void): unknown };

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;

/**
 * What the program prints: results on stdout, everything about them on stderr. On a terminal stderr also has a
 * progress line, which is taken away before anything else is written; in a pipe it has plain lines only.
 */
export class Screen {
  /** Whether stderr is a terminal, so that a person can be asked. */
  readonly interactive: boolean;
  /** Whether stderr is to have colours. */
  readonly color: boolean;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #sharesTerminal: boolean;
  #progress: (() => string) | null = null;
  #drawn = false;
  #asking = false;
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Whether the last thing on stdout ended its line. */
  #atLineStart = true;
  #writing: Promise<void> = Promise.resolve();

  constructor(stdout: Output, stderr: Output, env: Record<string, string | undefined>) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    const capable = stderr.isTTY === true && env["TERM"] !== "dumb";
    this.interactive = capable;
    // https://no-color.org: any value but the empty one
    this.color = capable && !env["NO_COLOR"];
    this.#sharesTerminal = capable && stdout.isTTY === true;
  }

  /** Writes a result as it is; on a terminal without what the terminal would obey. */
  out(text: string): void {
    if (text === "") return;
    this.#erase();
    this.#write(this.#stdout, this.#stdout.isTTY === true ? harmless(text) : text);
    this.#atLineStart = text.endsWith("\n");
    this.#draw();
  }

  /** Writes one value as a line of JSON. */
  json(value: unknown): void {
    this.out(`${JSON.stringify(value)}\n`);
  }

  /** Ends the line on stdout, if one was begun. */
  endLine(): void {
    if (!this.#atLineStart) this.out("\n");
  }

  /** Writes a line about the results. */
  note(line: string): void {
    this.#erase();
    const begun = this.#sharesTerminal && !this.#atLineStart ? "\n" : "";
    if (begun) this.#atLineStart = true;
    this.#write(this.#stderr, `${begun}${this.dim(harmless(line))}\n`);
    this.#draw();
  }

  /** Writes what a person must not miss. */
  warn(line: string): void {
    this.#erase();
    const begun = this.#sharesTerminal && !this.#atLineStart ? "\n" : "";
    if (begun) this.#atLineStart = true;
    this.#write(this.#stderr, `${begun}${this.#paint(harmless(line), "33")}\n`);
    this.#draw();
  }

  /** Writes a picture of lines, where there are colours in those of a code (ECMA-48, SGR). */
  picture(lines: readonly string[], code: string): void {
    this.#erase();
    if (this.#sharesTerminal) this.endLine();
    this.#write(this.#stderr, lines.map((line) => `${this.#paint(harmless(line), code)}\n`).join(""));
    this.#draw();
  }

  /** Writes text to stderr and leaves the cursor after it, for an answer; no progress until `asked`. */
  ask(text: string): void {
    this.#erase();
    this.#asking = true;
    if (this.#sharesTerminal) this.endLine();
    this.#write(this.#stderr, harmless(text));
  }

  /** Takes back the last character of an answer. */
  rubOut(): void {
    this.#write(this.#stderr, "\b \b");
  }

  /** The answer is there. */
  asked(): void {
    this.#asking = false;
  }

  /** Sets what the progress line says, asked anew for every frame; `null` takes it away. Nothing in a pipe. */
  progress(text: (() => string) | null): void {
    if (!this.interactive) return;
    this.#progress = text;
    if (text === null) {
      this.#erase();
      if (this.#timer) clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    this.#timer ??= setInterval(() => {
      this.#frame++;
      this.#draw();
    }, FRAME_MS);
  }

  dim(text: string): string {
    return this.#paint(text, "2");
  }

  /** Resolves once all is handed to the system. */
  async flushed(): Promise<void> {
    this.progress(null);
    await this.#writing;
  }

  #paint(text: string, code: string): string {
    return this.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  #write(stream: Output, text: string): void {
    const before = this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.write(text, resolve);
    this.#writing = before.then(() => promise);
  }

  #draw(): void {
    // In the middle of a line of the agent's answer there is no place for it.
    if (this.#progress === null || this.#asking || (this.#sharesTerminal && !this.#atLineStart)) return;
    const width = (this.#stderr.columns ?? 80) - 3;
    const text = harmless(this.#progress()).slice(0, width);
    this.#stderr.write(`\r\u001b[K${FRAMES[this.#frame % FRAMES.length]} ${this.dim(text)}`);
    this.#drawn = true;
  }

  #erase(): void {
    if (!this.#drawn) return;
    this.#stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}
