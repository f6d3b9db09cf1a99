/**
 * (d) In one process, without sockets: a thread of 10,000 items, a replica that was there and missed the last 100
 * commits, and what it takes the server to answer its subscription. Prints one JSON object.
 */
import { DEFAULT_LIMITS, type Change, type Topic } from "@skein/client/protocol";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../packages/server/src/clock.ts";
import { Hub } from "../packages/server/src/hub/hub.ts";
import { processLoad } from "../packages/server/src/hub/pace.ts";
import { SqliteStore } from "../packages/server/src/store/sqlite.ts";
import { median } from "./support/stats.ts";

const ITEMS = 10_000;
const MISSED = 100;
const TOPIC: Topic = "thread:bench";

/** `first` is on a store just opened, `ms` the median of all. */
type CatchUp = { ms: number; first: number; bytes: number };
export type CatchUpResult = Record<"tokens" | "items" | "snapshot", CatchUp & { missedBytes: number }>;

const report = (error: unknown) => {
  throw error;
};
const data = await mkdtemp(join(tmpdir(), "skein-bench-"));
const file = join(data, "skein.sqlite");
const text = "Some lines of an answer, as long as answers are. ".repeat(8);

function openHub(store: SqliteStore): Hub {
  const clock = systemClock;
  return new Hub({ store, clock, limits: DEFAULT_LIMITS, load: processLoad(clock), report });
}

const itemAt = (pos: number, said = text, status = "complete"): Change => ({
  op: "put",
  kind: "message",
  id: `m${pos}`,
  value: { pos, role: "assistant", text: said, status, startedAt: 0 },
});

let store = await SqliteStore.open({ file });
let hub = openHub(store);
for (let pos = 0; pos < ITEMS; pos += 50) {
  const changes = Array.from({ length: 50 }, (_, i) => itemAt(pos + i));
  await hub.write({ changes: [{ topic: TOPIC, changes }] });
}

/** Writes commits one by one and returns the bytes they have on the wire. */
async function write(commits: Change[]): Promise<number> {
  const from = (await store.head(TOPIC))?.seq ?? 0;
  for (const change of commits) await hub.write({ changes: [{ topic: TOPIC, changes: [change] }] });
  const log = await store.logSince(TOPIC, from, Number.MAX_SAFE_INTEGER);
  return log.bytes;
}

/** Opens the store anew, then subscribes several times, each until the head has come. */
async function subscribe(missed: number | null): Promise<CatchUp> {
  await store.close();
  store = await SqliteStore.open({ file });
  hub = openHub(store);
  const head = (await store.head(TOPIC)) ?? { epoch: "", seq: 0 };
  const after = missed === null ? {} : { after: { epoch: head.epoch, seq: head.seq - missed } };
  const times: number[] = [];
  let bytes = 0;
  for (let i = 0; i < 21; i++) {
    bytes = 0;
    let arrived = () => {};
    const done = new Promise<void>((resolve) => (arrived = resolve));
    const startedAt = performance.now();
    const connection = hub.connect({
      send(frame) {
        bytes += Buffer.byteLength(frame);
        if (frame.includes(`"seq":${head.seq},`)) arrived();
        return 0;
      },
      close: (_code, reason) => report(new Error(reason)),
    });
    await connection.subscribe(TOPIC, after, () => {});
    await done;
    times.push(performance.now() - startedAt);
    connection.end();
  }
  return { ms: median(times), first: times[0] ?? Number.NaN, bytes };
}

const snapshot = await subscribe(null);

await write([itemAt(ITEMS, "", "streaming")]);
const appends = Array.from({ length: MISSED }, (_, i): Change => {
  const piece = `token ${String(i).padStart(4, "0")} `;
  return { op: "append", kind: "message", id: `m${ITEMS}`, field: "text", at: i * piece.length, text: piece };
});
const tokenBytes = await write(appends);
const tokens = await subscribe(MISSED);

const itemBytes = await write(Array.from({ length: MISSED }, (_, i) => itemAt(ITEMS + 1 + i)));
const items = await subscribe(MISSED);

await store.close();
await rm(data, { recursive: true });
const result: CatchUpResult = {
  tokens: { ...tokens, missedBytes: tokenBytes },
  items: { ...items, missedBytes: itemBytes },
  snapshot: { ...snapshot, missedBytes: 0 },
};
console.log(JSON.stringify(result));
