/**
 * Writes to the store in the file given until it is killed: texts that grow in two topics, others that open and close
 * beside them. Tells each commit on stdout once the store has acknowledged it.
 */
import type { Change, Topic } from "@skein/client/protocol";
import type { Write } from "../contract.ts";
import { SqliteStore } from "../sqlite.ts";

const [file = "", durability] = process.argv.slice(2);
const store = await SqliteStore.open({ file, durability: durability === "full" ? "full" : "normal" });
const TOPICS: readonly Topic[] = ["thread:a", "thread:b"];

const put = (id: string, value: Record<string, unknown>): Change => ({ op: "put", kind: "message", id, value });
const append = (id: string, at: number, text: string): Change => ({
  op: "append",
  kind: "message",
  id,
  field: "text",
  at,
  text,
});

for (const topic of TOPICS) {
  if (!(await store.entity(topic, "message", "long"))) {
    await store.commit([{ changes: [{ topic, changes: [put("long", { pos: 0, text: "", status: "streaming" })] }] }]);
  }
}
for (let round = (await store.head("thread:a"))?.seq ?? 0; ; round++) {
  const writes: Write[] = [];
  for (const topic of TOPICS) {
    const text = (await store.entity(topic, "message", "long"))?.["text"] as string;
    const changes = [append("long", text.length, `${round} é😀 `)];
    if (round % 3 === 0) changes.push(put(`m${round}`, { pos: round, text: "", status: "streaming" }));
    if (round % 3 === 1) changes.push(append(`m${round - 1}`, 0, "grown"));
    if (round % 3 === 2)
      changes.push({ op: "patch", kind: "message", id: `m${round - 2}`, value: { status: "complete" } });
    writes.push({
      changes: [{ topic, changes }],
      command: { user: "local", key: `key-${topic}-${round}`, topic, answer: { round } },
      events: [{ thread: topic, ts: round, direction: "in", line: String(round) }],
    });
  }
  const { commits, results } = await store.commit(writes);
  if (!results.every((result) => result.ok)) throw new Error("A write was refused.");
  for (const commit of commits) process.stdout.write(`${JSON.stringify(commit)}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
