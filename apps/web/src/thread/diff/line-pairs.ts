/** Pairs of more lines than this, as removed times added, are not looked for: the page would wait for them. */
const MAX_PAIRS = 40_000;
/** Lines of which less is alike, from 0 to 1, do not take each other's place. */
const ALIKE = 0.45;
/** What a sign counts beside a letter: brackets alike make no lines alike. */
const SIGN_WEIGHT = 0.5;

/**
 * Which added line takes which removed one's place: the pairs, in order and never crossing, that are most alike.
 * Indexes into the two lists.
 */
export function pairLines(removed: readonly string[], added: readonly string[]): [removed: number, added: number][] {
  if (removed.length * added.length > MAX_PAIRS) return [];
  const [left, right] = [removed.map(wordsOf), added.map(wordsOf)];
  const width = right.length + 1;
  // best[l * width + r]: what the pairs of the lines from l and from r on are worth, all together.
  const best = new Float64Array((left.length + 1) * width);
  const alike = new Float64Array((left.length + 1) * width);
  for (let l = left.length - 1; l >= 0; l--) {
    for (let r = right.length - 1; r >= 0; r--) {
      const worth = likeness(left[l], right[r]);
      const at = l * width + r;
      alike[at] = worth >= ALIKE ? worth : 0;
      const paired = worth >= ALIKE ? worth + (best[at + width + 1] ?? 0) : 0;
      best[at] = Math.max(best[at + width] ?? 0, best[at + 1] ?? 0, paired);
    }
  }
  const pairs: [number, number][] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    const at = l * width + r;
    const worth = alike[at] ?? 0;
    if (worth > 0 && best[at] === worth + (best[at + width + 1] ?? 0)) pairs.push([l++, r++]);
    else if (best[at] === best[at + width]) l++;
    else r++;
  }
  return pairs;
}

/** A line's words and signs, each with how often it stands there, and what all of them weigh. */
type Words = { counts: ReadonlyMap<string, number>; weight: number };

function wordsOf(line: string): Words {
  const counts = new Map<string, number>();
  let weight = 0;
  for (const word of line.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    weight += weightOf(word);
  }
  return { counts, weight };
}

const weightOf = (word: string): number => (/[\p{L}\p{N}_]/u.test(word) ? word.length : SIGN_WEIGHT);

/** The part, from 0 to 1, of two lines that they have in common. */
function likeness(left: Words | undefined, right: Words | undefined): number {
  if (left === undefined || right === undefined || left.weight + right.weight === 0) return 0;
  let common = 0;
  for (const [word, count] of left.counts) {
    const other = right.counts.get(word);
    if (other !== undefined) common += weightOf(word) * Math.min(count, other);
  }
  return (2 * common) / (left.weight + right.weight);
}
