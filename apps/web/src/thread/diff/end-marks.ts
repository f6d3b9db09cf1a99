type Marks = [from: number, to: number][];

/**
 * The part of each of two lines between what they begin with alike and what they end with alike, in UTF-16 units; none of
 * a line that has nothing between. Takes as long as the lines are, however much differs.
 */
export function markEnds(left: string, right: string): { left: Marks; right: Marks } {
  const least = Math.min(left.length, right.length);
  let start = 0;
  while (start < least && left.charCodeAt(start) === right.charCodeAt(start)) start++;
  if (isHigh(left.charCodeAt(start - 1))) start--;
  let end = 0;
  while (end < least - start && left.charCodeAt(left.length - 1 - end) === right.charCodeAt(right.length - 1 - end))
    end++;
  if (end > 0 && isLow(left.charCodeAt(left.length - end))) end--;
  const between = ({ length }: string): Marks => (length - end > start ? [[start, length - end]] : []);
  return { left: between(left), right: between(right) };
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
