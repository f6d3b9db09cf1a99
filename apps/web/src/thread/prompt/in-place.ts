/** What was given at a place; without one it was there before. */
type Placed = { readonly place?: number | undefined };

const placeOf = ({ place }: Placed): number => place ?? -1;

/** Puts one where it was given: behind the last of those that were given before it. */
export function inPlace<Each extends Placed>(all: readonly Each[], one: Each): Each[] {
  const at = all.findLastIndex((each) => placeOf(each) < placeOf(one)) + 1;
  return all.toSpliced(at, 0, one);
}

/** The place of what is given next. */
export const nextPlace = (all: readonly Placed[]): number => Math.max(-1, ...all.map(placeOf)) + 1;
