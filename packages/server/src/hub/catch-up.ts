import type { Commit, Topic } from "@skein/client/protocol";
import { coalesce } from "@skein/client/replica";
import type { Bounds, EncodedCommit, Store } from "../store/contract.ts";

/** From this many commits on, one merged commit is sent in their place: each has an envelope of its own. */
const MERGE_FROM = 16;

/** A change of more than so many times the bytes that are sent at once is not even looked at: the window is sent anew. */
const SNAPSHOT_FROM = 4;

/** What a subscriber at `position` (`null`: nowhere) has to be sent next; at least one commit, unless at the head. */
export async function catchUp(
  store: Store,
  topic: Topic,
  position: number | null,
  options: { window: Bounds; maxBytes: number; merge: boolean },
): Promise<EncodedCommit[]> {
  if (position === null) return [await store.snapshot(topic, options.window)];
  const log = await store.logSince(topic, position, options.maxBytes);
  if (!log.folded && log.bytes <= options.maxBytes) return inFewer(log.commits, options.merge);
  if ((await store.changedBytes(topic, position)) > SNAPSHOT_FROM * options.maxBytes) {
    return [await store.snapshot(topic, options.window)];
  }
  const changed = await store.changedSince(topic, position);
  if (!log.folded && log.bytes <= changed.text.length) return inFewer(log.commits, options.merge);
  if (changed.text.length <= options.maxBytes) return [changed];
  // So much changed that the window alone may be less; either is the whole truth.
  const snapshot = await store.snapshot(topic, options.window);
  return [snapshot.text.length < changed.text.length ? snapshot : changed];
}

function inFewer(commits: readonly EncodedCommit[], merge: boolean): EncodedCommit[] {
  return commits.length >= (merge ? 2 : MERGE_FROM) ? [mergeCommits(commits)] : [...commits];
}

/** One commit with the effect of several that follow each other. */
function mergeCommits(commits: readonly EncodedCommit[]): EncodedCommit {
  const first = commits[0];
  const last = commits.at(-1);
  if (first === undefined || last === undefined) throw new RangeError("There is no commit to merge.");
  if (first === last) return first;
  const decoded = commits.map((each) => JSON.parse(each.text) as Commit);
  const ts = decoded.at(-1)?.ts ?? 0;
  const { topic, epoch, seq } = last;
  const merged: Commit = {
    topic,
    epoch,
    after: first.after,
    seq,
    ts,
    changes: coalesce(decoded.flatMap((c) => c.changes)),
  };
  return { topic, epoch, after: first.after, seq, text: JSON.stringify(merged) };
}
