import { afterEach, beforeEach, expect, test } from "bun:test";
import { SkeinError, threadTopic, type Change } from "@skein/client/protocol";
import { Outlet } from "./outlet.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
let outlet: Outlet;
beforeEach(async () => {
  bench = await Workbench.open();
  const { hub, clock, blobs, health } = bench;
  outlet = new Outlet({ hub, clock, blobs, health, failed: (error) => bench.reported.push(error) });
});
afterEach(async () => {
  await bench.end();
  expect(bench.reported).toEqual([]);
});

const topic = threadTopic("t");
const changes = (count: number): { topic: typeof topic; changes: Change[] }[] => {
  const change = (_: unknown, n: number): Change => ({ op: "put", kind: "notice", id: `n${n}`, value: { n } });
  return [{ topic, changes: Array.from({ length: count }, change) }];
};

test("G5: who produces is asked to pause while 2,000 changes wait, also behind what is written by itself", async () => {
  outlet.push(changes(1));
  const first = outlet.send({ changes: changes(1) });
  const second = outlet.send({ changes: changes(1) });
  outlet.push(changes(2_001));
  expect(outlet.pressure()).toBeDefined();
  await first;
  // The second is being written now, and the many wait still.
  const pause = outlet.pressure();
  expect(pause).toBeDefined();
  await second;
  await pause;
  expect(outlet.idle).toBe(true);
  expect(outlet.pressure()).toBeUndefined();
});

/** An outlet whose blobs and store fail with what `fails` gives. */
function failingOutlet(fails: { store?: () => Error | null; blobs?: () => Error | null }): Outlet {
  const { hub, clock, blobs, health } = bench;
  const orThrow = (error: Error | null | undefined): void => {
    if (error) throw error;
  };
  const one = new Outlet({
    hub: Object.assign(Object.create(hub) as typeof hub, {
      write: async (write: Parameters<typeof hub.write>[0]) => {
        orThrow(fails.store?.());
        return hub.write(write);
      },
    }),
    clock,
    blobs: {
      put: async (bytes) => {
        orThrow(fails.blobs?.());
        return blobs.put(bytes);
      },
      claim: async (name) => blobs.claim(name),
      get: async (name) => blobs.get(name),
    },
    health,
    failed: (error) => failed.push(error),
  });
  one.patient = true;
  return one;
}

let failed: unknown[] = [];
const noRoom = (): Error => new SkeinError("busy", "No room left for files.");
const locked = (): Error => new SkeinError("busy", "Another program keeps the database locked.");
const bytes = new TextEncoder().encode("a blob");
const blob = { sha256: new Bun.CryptoHasher("sha256").update(bytes).digest("hex"), bytes };

test.each([
  ["a lock of the database", { store: locked }, "Another program keeps"],
  ["no room for a blob", { blobs: noRoom }, "No room left for files."],
])("P17: %s is waited for, told, and held against who produces; all is written in order", async (_, fails, says) => {
  failed = [];
  let fault = true;
  const when = (error?: () => Error) => () => (fault && error ? error() : null);
  const one = failingOutlet({
    store: when("store" in fails ? fails.store : undefined),
    blobs: when("blobs" in fails ? fails.blobs : undefined),
  });
  one.push(changes(1), [blob]);
  await bench.until(() => one.blocked !== null);
  expect(bench.health.problem).toStartWith(says);
  expect(one.pressure()).toBeDefined();
  one.push(changes(2));
  const durable = one.durable();
  await bench.clock.advance(10_000);
  expect(one.idle).toBe(false);
  fault = false;
  await bench.clock.advance(2_000);
  await durable;
  expect(one).toMatchObject({ idle: true, blocked: null });
  expect(bench.health.problem).toBeNull();
  expect((await bench.replica(topic)).all("notice").size).toBe(2);
  expect(failed).toEqual([]);
});

test("what can never be written fails at once, and with it all that rests on it", async () => {
  failed = [];
  const one = failingOutlet({ store: () => new SkeinError("internal", "The disk is broken.", { retry: "never" }) });
  one.push(changes(1));
  await expect(one.durable()).rejects.toMatchObject({ message: "The disk is broken." });
  await expect(one.send({ changes: changes(1) })).rejects.toMatchObject({ message: "The disk is broken." });
  expect(failed).toHaveLength(1);
  expect(bench.health.problem).toBeNull();
});

test("P63: a command that cannot be written now is undone and refused, unless something rests on it", async () => {
  failed = [];
  let fault = true;
  const one = failingOutlet({ store: () => (fault ? locked() : null) });
  const undone: string[] = [];
  const alone = one.send({ changes: changes(1) }, () => undone.push("alone") > 0);
  await expect(alone).rejects.toMatchObject({ kind: "busy" });
  expect(one).toMatchObject({ idle: true, blocked: null });
  // The newest first, as each was decided on what the one before it made.
  const together = [1, 2, 3].map((n) => one.send({ changes: changes(n) }, () => undone.push(`${n}`) > 0));
  const durable = one.durable();
  for (const each of await Promise.allSettled(together)) expect(each).toMatchObject({ reason: { kind: "busy" } });
  await durable;
  const restedOn = one.send({ changes: changes(1) }, () => false);
  await bench.until(() => one.blocked !== null);
  fault = false;
  await bench.clock.advance(2_000);
  expect(await restedOn).toMatchObject({ ok: true });
  expect(undone).toEqual(["alone", "3", "2", "1"]);
});
