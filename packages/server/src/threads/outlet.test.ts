import { afterEach, beforeEach, expect, test } from "bun:test";
import { threadTopic, type Change } from "@skein/client/protocol";
import { Outlet } from "./outlet.ts";
import { Workbench } from "./testing/workbench.ts";

let bench: Workbench;
let outlet: Outlet;
beforeEach(async () => {
  bench = await Workbench.open();
  const { hub, clock, blobs } = bench;
  outlet = new Outlet({ hub, clock, blobs, failed: (error) => bench.reported.push(error) });
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
