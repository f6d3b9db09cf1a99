import type { Clock, Timer } from "../clock.ts";

/** How much of a line over the bound is kept to tell what it was, in bytes. */
const KEPT_OF_OVERLONG = 4096;

const NEWLINE = 0x0a;
/** Some programs begin what they write with it: it says that UTF-8 follows, and is no part of that. */
const BYTE_ORDER_MARK = "\uFEFF";

export type LinePipeOptions = {
  /** Largest line in bytes of UTF-8, without its newline. */
  maxLineBytes: number;
  clock: Clock;
  /** Takes each line that is not empty, in order. Reading waits for the promise it returns (backpressure). */
  line(text: string): void | Promise<void>;
  /** Takes what is known of a line over the bound once it has ended: its first bytes as text, and its size. */
  overlong(start: string, bytes: number): void | Promise<void>;
};

/**
 * Splits a byte stream into lines. A line is decoded once it is whole, so a character cut by a chunk's border comes
 * out whole; bytes that are no UTF-8 become U+FFFD, and a byte order mark at the stream's start is left out. Holds at most one line's bound plus one chunk in memory.
 */
export class LinePipe {
  /** Resolves when the stream has ended and every line was taken; rejects when taking a line failed. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: LinePipeOptions;
  /** The chunks of a line whose end has not come. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #overlong = false;
  /** Whether the line that is held is the stream's first. */
  #first = true;
  #reading = false;
  #silenceMs: number | null = null;
  #silence: Timer | null = null;

  constructor(source: ReadableStream<Uint8Array>, options: LinePipeOptions) {
    this.#reader = source.getReader();
    this.#options = options;
    this.ended = this.#run();
  }

  /**
   * Stops reading once nothing came for `ms` milliseconds. For a stream whose writer is gone but which some other
   * process may hold open; time spent waiting for lines to be taken does not count.
   */
  endWhenSilent(ms: number): void {
    this.#silenceMs = ms;
    if (this.#reading) this.#watchSilence();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const chunk = await this.#read();
        if (chunk === null) break;
        let start = 0;
        for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
          this.#hold(chunk.subarray(start, end));
          const taken = this.#take();
          if (taken) await taken;
          start = end + 1;
        }
        if (start < chunk.length) this.#hold(chunk.subarray(start));
      }
      await this.#take();
    } finally {
      await this.#reader.cancel().catch(ignoreBrokenPipe);
    }
  }

  async #read(): Promise<Uint8Array | null> {
    this.#reading = true;
    if (this.#silenceMs !== null) this.#watchSilence();
    try {
      const { done, value } = await this.#reader.read();
      return done ? null : value;
    } catch (error) {
      ignoreBrokenPipe(error);
      return null;
    } finally {
      this.#reading = false;
      this.#silence?.cancel();
    }
  }

  #watchSilence(): void {
    this.#silence?.cancel();
    this.#silence = this.#options.clock.setTimeout(() => {
      void this.#reader.cancel().catch(ignoreBrokenPipe);
    }, this.#silenceMs ?? 0);
  }

  #hold(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#overlong) return;
    this.#held.push(bytes);
    if (this.#heldBytes <= this.#options.maxLineBytes) return;
    this.#overlong = true;
    this.#held = [Buffer.concat(this.#held).subarray(0, KEPT_OF_OVERLONG).slice()];
  }

  #take(): void | Promise<void> {
    const bytes = this.#heldBytes;
    const first = this.#first;
    this.#first = false;
    if (bytes === 0) return;
    const overlong = this.#overlong;
    const read = textOf(this.#held);
    const text = first && read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
    this.#held = [];
    this.#heldBytes = 0;
    this.#overlong = false;
    if (overlong) return this.#options.overlong(text, bytes);
    if (text.trim() !== "") return this.#options.line(text);
  }
}

function textOf(pieces: Uint8Array[]): string {
  const [first] = pieces;
  const whole =
    pieces.length === 1 && first ? Buffer.from(first.buffer, first.byteOffset, first.length) : Buffer.concat(pieces);
  return whole.toString("utf8");
}

/** A pipe that breaks has ended: the process behind it tells why. */
function ignoreBrokenPipe(_error: unknown): void {}
