/** A run of lines that another takes the place of: 0-based where each begins, on its side, and how many there are. */
export type LineEdit = {
  readonly before: number;
  readonly removed: number;
  readonly after: number;
  readonly added: number;
};

/**
 * Edits, among lines that stand on both sides, beyond which a part is taken to be wholly another: to find the fewest takes
 * the square of their number.
 */
const MAX_EDITS = 4_000;

/** A text's lines, each with the line feed that ends it. */
export function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end + 1;
    lines.push(text.slice(from, to));
    from = to;
  }
  return lines;
}

/**
 * The fewest lines to remove and to add that make one text of another (P58): in order, none touching the next. Its time
 * grows with the lines, and with what differs only up to a bound; so does its memory.
 */
export function lineEdits(before: readonly string[], after: readonly string[]): LineEdit[] {
  const head = commonStart(before, after);
  const tail = commonEnd(before, after, head);
  const [left, right] = inBoth(before, after, head, tail);
  new Common(left, right).find();
  const edits: LineEdit[] = [];
  const [beforeEnd, afterEnd] = [before.length - tail, after.length - tail];
  for (let b = head, a = head; b < beforeEnd || a < afterEnd;) {
    const from = { before: b, after: a };
    while (b < beforeEnd && left.stays[b - head] === 0) b++;
    while (a < afterEnd && right.stays[a - head] === 0) a++;
    if (b > from.before || a > from.after) edits.push({ ...from, removed: b - from.before, added: a - from.after });
    // What stays on one side stays on the other, in the same order.
    else [b, a] = [b + 1, a + 1];
  }
  return edits;
}

/** How many lines are added and removed where one text takes another's place (P58); `null` is no file. */
export function countLines(before: string | null, after: string | null): { added: number; removed: number } {
  const edits = lineEdits(linesOf(before ?? ""), linesOf(after ?? ""));
  return {
    added: edits.reduce((sum, { added }) => sum + added, 0),
    removed: edits.reduce((sum, { removed }) => sum + removed, 0),
  };
}

function commonStart(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && before[count] === after[count]) count++;
  return count;
}

function commonEnd(before: readonly string[], after: readonly string[], head: number): number {
  const most = Math.min(before.length, after.length) - head;
  let count = 0;
  while (count < most && before[before.length - 1 - count] === after[after.length - 1 - count]) count++;
  return count;
}

/** One side between the common start and end: the lines that stand on both sides, as numbers, and where; which stay. */
type Side = { readonly lines: Int32Array; readonly places: Int32Array; readonly stays: Uint8Array };

/** A line that is only on one side can't stay: without those, texts that have little in common are soon compared. */
function inBoth(before: readonly string[], after: readonly string[], head: number, tail: number): [Side, Side] {
  const [left, right] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const numbers = new Map<string, number>();
  const numbered = left.map((line) => {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    return number;
  });
  const found = right.map((line) => numbers.get(line));
  const there = new Uint8Array(numbers.size);
  for (const number of found) if (number !== undefined) there[number] = 1;
  return [sideOf(numbered.map((number) => (there[number] === 1 ? number : undefined))), sideOf(found)];
}

function sideOf(numbers: readonly (number | undefined)[]): Side {
  const lines: number[] = [];
  const places: number[] = [];
  for (const [place, number] of numbers.entries()) {
    if (number === undefined) continue;
    lines.push(number);
    places.push(place);
  }
  return { lines: Int32Array.from(lines), places: Int32Array.from(places), stays: new Uint8Array(numbers.length) };
}

/**
 * Marks the longest sequence of lines that two sides have in common: Myers, "An O(ND) Difference Algorithm" (1986), the
 * variant in linear space. A path from each corner goes as far as it can with each further edit; where the two meet, the
 * problem falls into two halves. A diagonal is a place on the left less that on the right.
 */
class Common {
  readonly #left: Side;
  readonly #right: Side;
  /** How far left each diagonal's path has come, from the start and from the end. */
  readonly #forth: Int32Array;
  readonly #back: Int32Array;
  /** The index of diagonal 0. */
  readonly #zero: number;

  constructor(left: Side, right: Side) {
    this.#left = left;
    this.#right = right;
    this.#zero = right.lines.length + 1;
    this.#forth = new Int32Array(left.lines.length + right.lines.length + 3);
    this.#back = new Int32Array(this.#forth.length);
  }

  find(): void {
    const open: [l: number, lEnd: number, r: number, rEnd: number][] = [
      [0, this.#left.lines.length, 0, this.#right.lines.length],
    ];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      let [l, lEnd, r, rEnd] = part;
      while (l < lEnd && r < rEnd && this.#left.lines[l] === this.#right.lines[r]) this.#keep(l++, r++);
      while (l < lEnd && r < rEnd && this.#left.lines[lEnd - 1] === this.#right.lines[rEnd - 1]) {
        this.#keep(--lEnd, --rEnd);
      }
      if (l === lEnd || r === rEnd) continue;
      const met = this.#meet(l, lEnd, r, rEnd);
      if (met) open.push([l, met[0], r, met[1]], [met[0], lEnd, met[1], rEnd]);
    }
  }

  #keep(l: number, r: number): void {
    this.#left.stays[this.#left.places[l] ?? 0] = 1;
    this.#right.stays[this.#right.places[r] ?? 0] = 1;
  }

  /** Where the paths of a part meet; `undefined` beyond the bound. */
  #meet(l: number, lEnd: number, r: number, rEnd: number): [l: number, r: number] | undefined {
    const [forth, back, zero] = [this.#forth, this.#back, this.#zero];
    const [left, right] = [this.#left.lines, this.#right.lines];
    const [lowest, highest] = [l - rEnd, lEnd - r];
    const [start, end] = [l - r, lEnd - rEnd];
    const odd = ((start - end) & 1) !== 0;
    let [forthMin, forthMax, backMin, backMax] = [start, start, end, end];
    forth[zero + start] = l;
    back[zero + end] = lEnd;
    for (let edits = 0; edits < MAX_EDITS / 2; edits++) {
      if (forthMin > lowest) forth[zero + --forthMin - 1] = -1;
      else forthMin++;
      if (forthMax < highest) forth[zero + ++forthMax + 1] = -1;
      else forthMax--;
      for (let at = forthMax; at >= forthMin; at -= 2) {
        let x = Math.max((forth[zero + at - 1] as number) + 1, forth[zero + at + 1] as number);
        while (x < lEnd && x - at < rEnd && left[x] === right[x - at]) x++;
        forth[zero + at] = x;
        if (odd && at >= backMin && at <= backMax && (back[zero + at] as number) <= x) return [x, x - at];
      }
      if (backMin > lowest) back[zero + --backMin - 1] = BEYOND;
      else backMin++;
      if (backMax < highest) back[zero + ++backMax + 1] = BEYOND;
      else backMax--;
      for (let at = backMax; at >= backMin; at -= 2) {
        let x = Math.min(back[zero + at - 1] as number, (back[zero + at + 1] as number) - 1);
        while (x > l && x - at > r && left[x - 1] === right[x - at - 1]) x--;
        back[zero + at] = x;
        if (!odd && at >= forthMin && at <= forthMax && x <= (forth[zero + at] as number)) return [x, x - at];
      }
    }
    return undefined;
  }
}

/** Farther than any place. */
const BEYOND = 0x7fff_ffff;
