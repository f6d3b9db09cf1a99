/** Lines shorter than this are kept as they are, in UTF-16 units. */
const LONG = 4096;
/** How much of a line's start is kept in any case: it says which call it is about. */
const HEAD = 192;
/** Long lines that are remembered: as many as calls that grow beside each other. */
const REMEMBERED = 8;
/** Where two lines differ near their start, as in a status: how far behind that they are compared, and moved at most. */
const BEHIND = 64;
const MOVED = 32;

/**
 * Raw lines without what an earlier one has already. Agents resend the whole output of a call with each update: kept as
 * they are, the lines would cost the square of it. Of a long line most of which stands in one before it, that part is
 * left out, and how long it was is said in its place.
 */
export class RawLines {
  #before: string[] = [];

  /** The line as it is to be kept. */
  shortened(line: string): string {
    if (line.length < LONG) return line;
    for (let index = this.#before.length - 1; index >= 0; index--) {
      const { from, to } = overlap(this.#before[index] ?? "", line);
      if (to - from < line.length / 2) continue;
      this.#before.splice(index, 1, line);
      return `${line.slice(0, from)}[… ${to - from} units as in the line before …]${line.slice(to)}`;
    }
    this.#before = [...this.#before.slice(1 - REMEMBERED), line];
    return line;
  }
}

/** The part of a line, behind its head, that stands in one before it as well. */
function overlap(before: string, line: string): { from: number; to: number } {
  const start = shared(before, 0, line, 0);
  let best = whole(line, HEAD, Math.max(start, HEAD));
  if (start > LONG) return best;
  const probe = before.slice(start + BEHIND, start + 2 * BEHIND);
  for (let move = -MOVED; move <= MOVED; move++) {
    const from = start + BEHIND + move;
    if (!line.startsWith(probe, from)) continue;
    const to = from + shared(before, start + BEHIND, line, from);
    if (to - from > best.to - best.from) best = whole(line, from, to);
  }
  return best;
}

/** How many units two texts have in common from an offset of each on; by halves, for texts are long. */
function shared(one: string, from: number, other: string, at: number): number {
  let [same, beyond] = [0, Math.min(one.length - from, other.length - at)];
  while (same < beyond) {
    const middle = (same + beyond + 1) >> 1;
    if (other.startsWith(one.slice(from + same, from + middle), at + same)) same = middle;
    else beyond = middle - 1;
  }
  return same;
}

/** A part that tears no surrogate pair apart. */
function whole(line: string, from: number, to: number): { from: number; to: number } {
  return { from: from + (isTorn(line, from) ? 1 : 0), to: to - (isTorn(line, to) ? 1 : 0) };
}

function isTorn(line: string, at: number): boolean {
  const [before, after] = [line.charCodeAt(at - 1), line.charCodeAt(at)];
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
