import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change, Topic } from "@skein/client/protocol";
import { Replica } from "@skein/client/replica";
import fc from "fast-check";
import type { Store } from "../store/contract.ts";
import { SqliteStore } from "../store/sqlite.ts";
import type { Hub } from "./hub.ts";
import { A, append, B, commitsIn, HubWorld, TestSink, until } from "./testing/hub-world.ts";

let world: HubWorld;
beforeEach(async () => {
  world = await HubWorld.make();
});
afterEach(async () => world.end());
const hubOn = (over?: Store, softMarkBytes?: number): Hub => world.hubOn(over, softMarkBytes);

describe("G2: no loss, no repeat, no disorder", () => {
  type Step =
    | { do: "write"; topic: number; id: number; text: string }
    | { do: "close"; topic: number; id: number }
    | { do: "subscribe" | "unsubscribe"; reader: number; topic: number; keep: boolean; window: number }
    | { do: "stall" | "drain"; reader: number }
    | { do: "fold"; topic: number }
    | { do: "settle" };
  const reader = fc.nat(2);
  const topic = fc.nat(1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("write" as const),
        topic,
        id: fc.nat(3),
        text: fc.string({ maxLength: 200 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const), topic, id: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom("subscribe" as const, "subscribe" as const, "unsubscribe" as const),
        reader,
        topic,
        keep: fc.boolean(),
        window: fc.constantFrom(1, 2, 200),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("stall" as const, "drain" as const), reader }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("fold" as const), topic }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  );

  test("whatever readers do, their replicas end as the fold of the log", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const directory = await mkdtemp(join(tmpdir(), "skein-hub-"));
        const own = await SqliteStore.open({ file: join(directory, "skein.sqlite") });
        const hub = hubOn(own);
        const topics: Topic[] = [A, B];
        const texts = topics.map(() => ["", "", "", ""]);
        for (const name of topics) {
          const changes: Change[] = [0, 1, 2, 3].map((id) => ({
            op: "put",
            kind: "message",
            id: `m${id}`,
            value: { pos: id, text: "", status: "streaming" },
          }));
          await hub.write({ changes: [{ topic: name, changes }] });
        }
        const readers = [0, 1, 2].map(() => {
          const sink = new TestSink();
          return {
            sink,
            connection: hub.connect(sink),
            wanted: new Set<Topic>(),
            replicas: new Map<Topic, Replica>(),
            taken: 0,
          };
        });
        const applyAll = (): void => {
          for (const each of readers) {
            for (const commit of each.sink.frames.slice(each.taken).flatMap(commitsIn)) {
              const replica = each.replicas.get(commit.topic) ?? new Replica(commit.topic);
              each.replicas.set(commit.topic, replica);
              expect(replica.apply(commit)).not.toBe("gap");
            }
            each.taken = each.sink.frames.length;
          }
        };
        const writing: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each.do === "write") {
            const name = topics[each.topic]!;
            const at = texts[each.topic]![each.id]!.length;
            texts[each.topic]![each.id] += each.text;
            writing.push(hub.write(append(name, `m${each.id}`, at, each.text)));
          } else if (each.do === "close") {
            const change: Change = { op: "patch", kind: "message", id: `m${each.id}`, value: { status: "complete" } };
            writing.push(hub.write({ changes: [{ topic: topics[each.topic]!, changes: [change] }] }));
          } else if (each.do === "subscribe") {
            const who = readers[each.reader]!;
            const name = topics[each.topic]!;
            applyAll();
            const held = who.replicas.get(name);
            const after = each.keep && held?.epoch ? { epoch: held.epoch, seq: held.seq } : undefined;
            who.wanted.add(name);
            writing.push(who.connection.subscribe(name, { after, window: each.window }, () => {}));
          } else if (each.do === "unsubscribe") {
            const who = readers[each.reader]!;
            who.wanted.delete(topics[each.topic]!);
            who.connection.unsubscribe(topics[each.topic]!);
          } else if (each.do === "stall") {
            readers[each.reader]!.sink.stalled = true;
          } else if (each.do === "drain") {
            const who = readers[each.reader]!;
            who.sink.stalled = false;
            who.sink.drain(who.connection);
          } else if (each.do === "fold") {
            await Promise.all(writing);
            const head = await own.head(topics[each.topic]!);
            await own.fold(topics[each.topic]!, head!.seq);
          } else {
            await Promise.all(writing);
            applyAll();
          }
        }
        await Promise.all(writing);
        await hub.settled();
        for (const who of readers) {
          who.sink.stalled = false;
          who.sink.drain(who.connection);
        }
        for (const [index, name] of topics.entries()) {
          const head = (await own.head(name))!;
          for (const who of readers.filter((candidate) => candidate.wanted.has(name))) {
            await until(() => {
              applyAll();
              return who.replicas.get(name)?.seq === head.seq;
            });
            for (const [id, value] of who.replicas.get(name)!.all("message")) {
              expect(value["text"]).toBe(texts[index]![Number(id.slice(1))]!);
              expect(value).toEqual<unknown>((await own.entity(name, "message", id))!);
            }
          }
        }
        await own.close();
        await rm(directory, { recursive: true, force: true });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
