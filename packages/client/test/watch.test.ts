import { expect, test } from "bun:test";
import { fillThread, message, settled, THREAD, world } from "./support/setup.ts";

test("a watch tells how many commits it lacks, once the server has said where the topic's head is", () => {
  // Catch-up by single commits.
  const { server, network, live, pass } = world(() => 0.4);
  fillThread(server, 3);
  const watch = live().watch(THREAD);
  expect(watch.behind).toBe(0);
  network.flush();
  expect([watch.status, watch.behind]).toEqual(["live", 0]);
  const seen: number[] = [];
  watch.onChange(() => seen.push(watch.behind));
  server.restart();
  for (let count = 0; count < 3; count++) server.commit(THREAD, [message(server, "missed")]);
  network.flush();
  expect([watch.status, watch.behind]).toEqual(["catching up", 0]);
  pass(60_000);
  expect(seen).toEqual([2, 1, 0]);
  expect([watch.status, watch.behind]).toEqual(["live", 0]);
});

test("G5: while a reader holds what is older, nothing is forgotten; followed again, the window holds", async () => {
  const { server, network, live } = world();
  fillThread(server, 10);
  const watch = live().watch(THREAD, { window: 5 });
  network.flush();
  watch.readBack();
  watch.readBack();
  for (let count = 0; count < 20; count++) server.commit(THREAD, [message(server, "new")]);
  network.flush();
  expect(watch.replica.timeline().length).toBe(25);
  watch.follow();
  expect(watch.replica.timeline().length).toBe(5);
  watch.release();
  watch.readBack();
  await settled();
});

test("a query that is not wanted any more is never sent; one under way rejects at once and its answer is let pass", async () => {
  const { server, network, client } = world();
  const one = client();
  const [early, late] = [new AbortController(), new AbortController()];
  const reasons: unknown[] = [];
  const note = (error: unknown): void => void reasons.push(error);
  one.query("echo", { value: "early" }, { signal: early.signal }).catch(note);
  one.query("echo", { value: "late" }, { signal: late.signal }).catch(note);
  const kept = one.query("echo", { value: "kept" });
  early.abort("early");
  one.connect();
  network.last.open();
  network.last.deliverUp();
  network.last.deliverDown();
  late.abort("late");
  network.flush();
  expect(await kept).toEqual({ value: "kept" });
  expect(reasons).toEqual(["early", "late"]);
  const echoes = server.requests.filter(({ method }) => method === "echo").map(({ params }) => params["value"]);
  expect(new Set(echoes)).toEqual(new Set(["late", "kept"]));
  one.query("echo", { value: "never" }, { signal: late.signal }).catch(note);
  await settled();
  expect(reasons).toEqual(["early", "late", "late"]);
});
