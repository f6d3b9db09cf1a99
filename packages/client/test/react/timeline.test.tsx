import { afterAll, beforeAll, expect, test } from "bun:test";
import { memo, Profiler, type ReactNode } from "react";
import { SkeinError, type Item } from "../../src/index.ts";
import { useItem, useThread, useTimeline, type TimelineView } from "../../src/react/index.ts";
import { fillThread, message, THREAD } from "../support/setup.ts";
import { patch, put, stream } from "./changes.ts";
import { openPage, type Page } from "./page.ts";
import { stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

test("L24: while text streams, only the item that grows renders again, once per frame, whatever came meanwhile", async () => {
  const { one, server, network, frames, show, settle } = stage(page);
  fillThread(server, 2);
  server.commit(THREAD, [message(server, "", THREAD, "streaming")]);
  const renders: string[] = [];
  const Message = memo(({ id }: { id: string }) => {
    renders.push(id);
    return <p id={id}>{useItem("one", "message", id)?.text}</p>;
  });
  function Timeline(): ReactNode {
    renders.push("timeline");
    return useTimeline("one").items.map(({ id }) => <Message key={id} id={id} />);
  }
  function Header(): ReactNode {
    renders.push("header");
    return <h1>{useThread("one").thread?.title}</h1>;
  }
  let commits = 0;
  const shown = await show(
    <Profiler id="all" onRender={() => void commits++}>
      <Header />
      <Timeline />
    </Profiler>,
  );
  expect(shown.text()).toBe("onetext 0text 1");
  renders.length = commits = 0;

  for (let count = 0; count < 100; count++) stream(server, "m2", "x");
  network.flush();
  // The replica is where the server is; what is shown waits for the frame.
  const watch = one.watch(THREAD);
  expect(watch.replica.get("message", "m2")?.["text"]).toBe("x".repeat(100));
  expect(shown.element("#m2").textContent).toBe("");
  expect([commits, frames.waiting]).toEqual([0, 1]);
  await page.act(() => frames.draw());
  expect(shown.element("#m2").textContent).toBe("x".repeat(100));
  expect([renders, commits]).toEqual([["m2"], 1]);

  server.commit(THREAD, [message(server, "next")]);
  await settle();
  expect(renders).toEqual(["m2", "timeline", "m3"]);
  watch.release();
  await shown.unmount();
});

test("a frame shows one moment: all values move before any component is told, and a frame without need is not asked for", async () => {
  const { server, network, frames, show, wait } = stage(page);
  fillThread(server, 2);
  const seen: string[] = [];
  function Both(): ReactNode {
    const texts = [useItem("one", "message", "m0")?.text, useItem("one", "message", "m1")?.text];
    seen.push(texts.join());
    return null;
  }
  const shown = await show(<Both />);
  seen.length = 0;
  server.commit(THREAD, [patch("message", "m0", { text: "a" }), patch("message", "m1", { text: "a" })]);
  server.commit(THREAD, [patch("message", "m0", { text: "b" }), patch("message", "m1", { text: "b" })]);
  network.flush();
  await page.act(() => frames.draw());
  expect(seen).toEqual(["b,b"]);
  server.commit(THREAD, [put("turn", "u9", { by: "local", status: "done", createdAt: 0 })]);
  network.flush();
  expect(frames.waiting).toBe(0);
  await shown.unmount();
  await wait(5_000);
  expect(frames.waiting).toBe(0);
});

test("useTimeline: keys and their array stay until an item comes, goes, or changes its trait", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 3);
  const traitOf = ({ value }: Item): boolean => (value["text"] as string).startsWith("!");
  const seen: TimelineView<boolean>["items"][] = [];
  function Timeline(): ReactNode {
    seen.push(useTimeline("one", traitOf).items);
    return null;
  }
  const shown = await show(<Timeline />);
  const before = seen.at(-1)!;
  expect(before.map(({ kind, id, pos, trait }) => [kind, id, pos, trait])).toEqual([
    ["message", "m0", 0, false],
    ["message", "m1", 1, false],
    ["message", "m2", 2, false],
  ]);
  seen.length = 0;
  server.commit(THREAD, [patch("message", "m1", { text: "another" })]);
  await settle();
  expect(seen).toEqual([]);
  server.commit(THREAD, [patch("message", "m1", { text: "! now" })]);
  await settle();
  const marked = seen.at(-1)!;
  expect(marked.map(({ trait }) => trait)).toEqual([false, true, false]);
  expect([marked[0] === before[0], marked[1] === before[1], marked[2] === before[2]]).toEqual([true, false, true]);
  server.commit(THREAD, [{ op: "drop", kind: "message", id: "m0" }, message(server, "last")]);
  await settle();
  const after = seen.at(-1)!;
  expect(after.map(({ id }) => id)).toEqual(["m1", "m2", "m3"]);
  expect([after[0] === marked[1], after[1] === marked[2]]).toEqual([true, true]);
  await shown.unmount();
});

test("useTimeline: loadOlder pages back and holds what was read; following again forgets it (G5)", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 450);
  let view!: TimelineView<undefined>;
  function Timeline(): ReactNode {
    view = useTimeline("one");
    return null;
  }
  const shown = await show(<Timeline />);
  expect([view.items.length, view.hasOlder, view.following]).toEqual([200, true, true]);
  const newest = view.items.at(-1);
  await page.act(() => void view.loadOlder());
  expect([view.loadingOlder, view.following]).toEqual([true, false]);
  await settle();
  expect([view.items.length, view.loadingOlder, view.hasOlder]).toEqual([300, false, true]);
  expect(view.items.at(-1)).toBe(newest);
  for (let count = 0; count < 250; count++) server.commit(THREAD, [message(server, "new")]);
  await settle();
  expect(view.items.length).toBe(550);
  await page.act(() => view.setFollowing(true));
  await settle();
  expect([view.items.length, view.following, view.hasOlder]).toEqual([200, true, true]);

  server.intercept = ({ method }) => {
    if (method === "history") throw new SkeinError("forbidden", "not you");
    return undefined;
  };
  await page.act(() => void view.loadOlder());
  await settle();
  expect([view.olderError?.message, view.loadingOlder]).toEqual(["not you", false]);
  await shown.unmount();
});

test("useTimeline: a reader scrolled back keeps what is read, also when nothing older was loaded", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 200);
  let view!: TimelineView<undefined>;
  function Timeline(): ReactNode {
    view = useTimeline("one");
    return null;
  }
  const shown = await show(<Timeline />);
  await page.act(() => view.setFollowing(false));
  for (let count = 0; count < 450; count++) server.commit(THREAD, [message(server, "new")]);
  await settle();
  expect(view.items[0]?.id).toBe("m0");
  await shown.unmount();
});
