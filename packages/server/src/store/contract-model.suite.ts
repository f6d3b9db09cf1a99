import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Change, type Commit, isPinned, positionOf, type Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import type { HistoryPage, Store } from "./contract.ts";
import { items as count, read } from "./testing/edits.ts";
import type { StorePlace } from "./testing/store-place.ts";

const TOPICS: readonly Topic[] = ["thread:a", "board:b"];

/** An edit without what depends on the state before it: `changeOf` fills that in. */
type Intent =
  | { op: "put"; topic: number; entity: number; value: Record<string, unknown> }
  | { op: "patch"; topic: number; entity: number; value: Record<string, unknown> }
  | { op: "append"; topic: number; entity: number; text: string; back: number }
  | { op: "drop"; topic: number; entity: number };

type Step =
  | { do: "flush"; intents: Intent[] }
  | { do: "fold"; topic: number; through: number }
  | { do: "reopen" }
  | { do: "crash" };

const status = fc.constantFrom("streaming", "complete", "pending", "running");
const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean());
const where = { topic: fc.nat(TOPICS.length - 1), entity: fc.nat(5) };
const putValue = fc.record({ a: scalar, text: fc.string({ unit: "binary" }), status }, { requiredKeys: ["text"] });
const patchValue = fc.dictionary(
  fc.constantFrom("a", "b", "status", "text"),
  fc.oneof(
    scalar,
    status,
    fc.constant(null),
    fc.dictionary(fc.constantFrom("x", "y"), fc.oneof(scalar, fc.constant(null))),
  ),
);
const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("put" as const), ...where, value: putValue }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("patch" as const), ...where, value: patchValue }) },
  {
    weight: 9,
    arbitrary: fc.record({
      op: fc.constant("append" as const),
      ...where,
      text: fc.string({ unit: "binary" }),
      back: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("drop" as const), ...where }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("flush" as const),
      intents: fc.array(intent, { maxLength: 6, size: "max" }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fold" as const), topic: where.topic, through: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ do: "reopen" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "crash" as const }) },
);

/** Odd entities are items of the timeline, two of which share a place. */
function changeOf(edit: Intent, replica: Replica): Change {
  const entity = { kind: edit.entity % 2 ? "message" : "card", id: `e${edit.entity}` };
  if (edit.op === "put") {
    const value = edit.entity % 2 ? { ...edit.value, pos: Math.min((edit.entity + 1) / 2, 2) } : edit.value;
    return { op: "put", ...entity, value };
  }
  if (edit.op === "patch") return { op: "patch", ...entity, value: edit.value };
  if (edit.op === "drop") return { op: "drop", ...entity };
  const before = replica.get(entity.kind, entity.id)?.["text"];
  const text = typeof before === "string" ? before : "";
  // Some repeat the end of what is there.
  const at = Math.max(0, text.length - edit.back);
  return { op: "append", ...entity, field: "text", at, text: text.slice(at) + edit.text };
}

/** The states a topic went through, as a replica that applied commit after commit saw them: the truth. */
class Model {
  readonly states: Replica[];
  readonly #topic: Topic;

  constructor(topic: Topic) {
    this.#topic = topic;
    this.states = [new Replica(topic)];
  }

  get last(): Replica {
    return this.states.at(-1) as Replica;
  }

  /** A replica as it was at `seq`, of the epoch given. */
  at(seq: number, epoch: string): Replica {
    const replica = new Replica(this.#topic);
    const changes = (this.states[seq] as Replica).dump().entities.map((each): Change => ({ op: "put", ...each }));
    replica.apply({ topic: this.#topic, epoch, after: null, seq, ts: 0, changes });
    return replica;
  }

  push(commit: Commit): void {
    const next = this.at(this.states.length - 1, commit.epoch);
    expect(next.apply(commit)).toBe("applied");
    this.states.push(next);
  }
}

/** All that can be read of a topic says the same as the model. */
async function check(store: Store, topic: Topic, model: Model, numbers: { from: number; bytes: number; size: number }) {
  const head = model.states.length - 1;
  if (head === 0) return expect(await store.head(topic)).toBeNull();
  expect(await store.head(topic)).toEqual({ epoch: store.epoch, seq: head });
  const truth = model.at(head, store.epoch).dump();
  const entities = (replica: Replica) => replica.dump().entities;

  const whole = new Replica(topic);
  whole.apply(read(await store.snapshot(topic)));
  expect(whole.dump()).toEqual(truth);

  const from = numbers.from % (head + 1);
  const merged = model.at(from, store.epoch);
  expect(merged.apply(read(await store.changedSince(topic, from)))).not.toBe("gap");
  expect(merged.dump()).toEqual(truth);

  const tail = model.at(from, store.epoch);
  for (;;) {
    const log = await store.logSince(topic, tail.seq, numbers.bytes);
    if (log.folded) {
      tail.apply(read(await store.changedSince(topic, tail.seq)));
      break;
    }
    if (log.commits.length === 0) break;
    for (const commit of log.commits) expect(tail.apply(read(commit))).toBe("applied");
  }
  expect(tail.dump()).toEqual(truth);

  const items = truth.entities
    .flatMap(({ kind, id, value }) => ({ kind, id, value, pos: positionOf(value) ?? -1 }))
    .filter(({ pos }) => pos >= 0)
    .toSorted((a, b) => a.pos - b.pos || (a.id < b.id ? -1 : 1));
  const windowed = new Replica(topic);
  windowed.apply(read(await store.snapshot(topic, count(numbers.size))));
  const floor = items.at(-numbers.size)?.pos ?? 0;
  expect(entities(windowed)).toEqual(
    truth.entities.filter(({ value }) => isPinned(value) || (positionOf(value) ?? -1) >= floor),
  );

  for (const bytes of [Infinity, numbers.bytes]) {
    const paged: unknown[] = [];
    for (let before: number | null = 1000; before !== null;) {
      const page: HistoryPage = await store.history(topic, before, { items: numbers.size, bytes });
      expect(page.items.length).toBeGreaterThanOrEqual(items.length === 0 ? 0 : 1);
      expectWithin(page.items, bytes);
      paged.unshift(...page.items);
      before = page.before;
    }
    expect(paged).toEqual(items.map(({ kind, id, value }) => ({ kind, id, value })));
  }
  const bounded = new Replica(topic);
  bounded.apply(read(await store.snapshot(topic, { items: numbers.size, bytes: numbers.bytes })));
  const above = items.filter(({ pos }) => pos >= bounded.floor);
  expectWithin(above, numbers.bytes);
  expect(above.length).toBeGreaterThanOrEqual(items.length === 0 ? 0 : 1);
  expect(entities(bounded)).toEqual(
    truth.entities.filter(({ value }) => isPinned(value) || (positionOf(value) ?? -1) >= bounded.floor),
  );
  for (const { kind, id, value } of truth.entities) expect(await store.entity(topic, kind, id)).toEqual(value);
}

/** All but those in the first place, of which there are some in any case, fit the bytes. */
function expectWithin(items: readonly { value: Record<string, unknown> }[], bytes: number): void {
  const first = items[0]?.value["pos"];
  const after = items.filter(({ value }) => value["pos"] !== first);
  const size = after.reduce((sum, { value }) => sum + Buffer.byteLength(JSON.stringify(value)), 0);
  expect(size).toBeLessThanOrEqual(bytes);
}

/** The store against a model: any writes, with folding, restarts and crashes anywhere between. */
export function modelContract(make: () => Promise<StorePlace>): void {
  describe("G2: no loss, no repeat, no disorder", () => {
    test("whatever is written, folded, closed and cut off: every read is the fold of the commits", async () => {
      const numbers = fc.record({ from: fc.nat(), bytes: fc.nat(2000), size: fc.integer({ min: 1, max: 5 }) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), numbers, async (steps, chosen) => {
          const place = await make();
          try {
            let store = await place.open();
            const models = TOPICS.map((topic) => new Model(topic));
            for (const each of steps) {
              if (each.do === "flush") await flush(store, models, each.intents);
              else if (each.do === "fold") {
                const topic = TOPICS[each.topic] as Topic;
                if ((await store.head(topic)) !== null) await store.fold(topic, each.through);
              } else if (each.do === "reopen") {
                await store.close();
                store = await place.open();
              } else {
                const crashed = await place.crashed();
                for (const [index, topic] of TOPICS.entries())
                  await check(crashed, topic, models[index] as Model, chosen);
              }
            }
            for (const [index, topic] of TOPICS.entries()) await check(store, topic, models[index] as Model, chosen);
          } finally {
            await place.remove();
          }
        }),
        { numRuns: 100 },
      );
    }, 60_000);
  });
}

/** One write per intent; what each change is depends on the ones before it in the flush. */
async function flush(store: Store, models: Model[], intents: readonly Intent[]): Promise<void> {
  const ahead = models.map((model) => model.at(model.states.length - 1, "ahead"));
  const writes = intents.map((edit) => {
    const topic = TOPICS[edit.topic] as Topic;
    const replica = ahead[edit.topic] as Replica;
    const change = changeOf(edit, replica);
    const applied = replica.apply({
      topic,
      epoch: "ahead",
      after: replica.seq,
      seq: replica.seq + 1,
      ts: 0,
      changes: [change],
    });
    expect(applied).toBe("applied");
    return { changes: [{ topic, changes: [change] }] };
  });
  const { commits, results } = await store.commit(writes);
  expect(results.every((result) => result.ok)).toBe(true);
  for (const commit of commits) (models[TOPICS.indexOf(commit.topic)] as Model).push(read(commit));
  for (const [index, model] of models.entries()) {
    expect(model.last.dump().entities).toEqual((ahead[index] as Replica).dump().entities);
  }
}
