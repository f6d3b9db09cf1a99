import type { Commit } from "@skein/client/protocol";
import { keyOf } from "../plan.ts";
import { change } from "../standing.ts";
import type { Entities, OpenEntity, Unsettled } from "./entities.ts";
import { damaged } from "./errors.ts";
import type { Topics } from "./topics.ts";

/**
 * Rebuilds after a crash what was only in memory: the text that has grown since the rows were written. Each topic's
 * log is read once, from where its first open entity began to grow; folding never goes beyond that.
 */
export function recover(topics: Topics, entities: Entities, file: string): void {
  const unsettledOf = new Map<number, Unsettled[]>();
  for (const each of entities.unsettled()) {
    const group = unsettledOf.get(each.topic);
    if (group) group.push(each);
    else unsettledOf.set(each.topic, [each]);
  }
  for (const [topicId, unsettled] of unsettledOf) {
    const topic = topics.nameOf(topicId);
    const row = topics.get(topic);
    if (!row) continue;
    const open = new Map<string, OpenEntity>();
    for (const { kind, id, standing } of unsettled) {
      open.set(keyOf(kind, id), { kind, id, seq: standing.since ?? row.seq, standing });
    }
    const first = Math.min(...[...open.values()].map((each) => each.seq));
    for (const { body } of topics.from(row, first)) {
      const commit = JSON.parse(body) as Commit;
      for (const edit of commit.changes) {
        const known = open.get(keyOf(edit.kind, edit.id));
        // Anything but growth would have ended the open period: the row would not be marked.
        if (!known || edit.op !== "append" || commit.seq < (known.standing.since ?? 0)) continue;
        const standing = change(known.standing, edit);
        if (standing === null) throw damaged(file, `commit ${commit.seq} of ${topic} does not fit the text before it`);
        open.set(keyOf(edit.kind, edit.id), { ...known, seq: commit.seq, standing });
      }
    }
    for (const [key, each] of open) entities.reopen(topic, key, each);
  }
}
