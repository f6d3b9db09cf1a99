import type { Change, Commit } from "../protocol/changes.ts";
import { isPinned, positionOf } from "../protocol/items.ts";
import type { Replica } from "./replica.ts";

/**
 * A replica as one snapshot at its position: a new replica that applies it is the same, as far as its floor goes.
 *
 * @param maxLength How long its JSON may be, in UTF-16 units. The oldest items are left out first, and the floor is
 *   raised above them (P44); what is held whatever the window never is.
 * @returns `null` for a replica without a position, and where not even what is held fits.
 */
export function packReplica(replica: Replica, maxLength: number): Commit | null {
  const { topic, epoch, seq } = replica;
  if (epoch === null) return null;
  const held: Change[] = [];
  const items: { pos: number; change: Change }[] = [];
  for (const { kind, id, value } of replica.dump().entities) {
    const change: Change = { op: "put", kind, id, value };
    const pos = positionOf(value);
    if (pos === null || isPinned(value)) held.push(change);
    else items.push({ pos, change });
  }
  items.sort((a, b) => b.pos - a.pos);
  let left = maxLength - held.reduce((sum, change) => sum + lengthOf(change), 0);
  if (left < 0) return null;
  let { floor } = replica;
  for (const { pos, change } of items) {
    left -= lengthOf(change);
    if (left >= 0) continue;
    floor = Math.max(floor, pos + 1);
    break;
  }
  const kept = items.filter(({ pos }) => pos >= floor).map(({ change }) => change);
  return { topic, epoch, after: null, seq, ts: 0, floor, changes: [...held, ...kept] };
}

const lengthOf = (change: Change): number => JSON.stringify(change).length;
