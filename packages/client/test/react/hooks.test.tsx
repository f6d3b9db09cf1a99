import { afterAll, beforeAll, expect, test } from "bun:test";
import { memo, Profiler, StrictMode, useState, type ReactNode } from "react";
import { SkeinError, type Change, type Item, type PermissionEntity, type TurnEntity } from "../../src/index.ts";
import {
  useAgents,
  useBoard,
  useClient,
  useConnection,
  useItem,
  usePendingPrompts,
  usePermissions,
  usePermissionsOf,
  useThread,
  useTimeline,
  type BoardView,
  type ConnectionView,
  type ThreadView,
  type TimelineView,
} from "../../src/react/index.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { fillThread, message, THREAD, world } from "../support/setup.ts";
import { openPage, type Page } from "./page.ts";
import { stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

const put = (kind: string, id: string, value: Record<string, unknown>): Change => ({ op: "put", kind, id, value });
const patch = (kind: string, id: string, value: Record<string, unknown>): Change => ({ op: "patch", kind, id, value });

/** Appends to the newest message of a thread. */
function stream(server: FakeServer, id: string, text: string): void {
  const message = server.state(THREAD).get(`message ${id}`)!;
  const at = (message.value["text"] as string).length;
  server.commit(THREAD, [{ op: "append", kind: "message", id, field: "text", at, text }]);
}

test("ISSUE 3: while text streams, only the item that grows renders again, once per frame, whatever came meanwhile", async () => {
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

test("useThread: thread, turns in order, the one at work, the queue; what did not change is the same object", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 1);
  const turn = (value: Partial<TurnEntity>): Record<string, unknown> => ({ by: "local", createdAt: 5, ...value });
  server.commit(THREAD, [
    put("turn", "u10", turn({ status: "queued" })),
    put("turn", "u2", turn({ status: "running", pos: 90 })),
    put("turn", "u9", turn({ status: "queued" })),
    put("turn", "u1", turn({ status: "done", pos: 80 })),
  ]);
  let view!: ThreadView;
  function Header(): ReactNode {
    view = useThread("one");
    return null;
  }
  const shown = await show(<Header />);
  expect(view.status).toBe("live");
  expect(view.thread?.title).toBe("one");
  expect(view.turns.map(({ id }) => id)).toEqual(["u1", "u2", "u9", "u10"]);
  expect(view.running?.id).toBe("u2");
  expect(view.queue.map(({ id }) => id)).toEqual(["u9", "u10"]);
  const { turns, queue } = view;
  server.commit(THREAD, [patch("thread", "one", { title: "two" })]);
  await settle();
  expect([view.thread?.title, view.turns === turns, view.queue === queue]).toEqual(["two", true, true]);
  server.commit(THREAD, [patch("turn", "u2", { status: "done" }), patch("turn", "u9", { status: "running", pos: 95 })]);
  await settle();
  expect([view.running?.id, view.queue.map(({ id }) => id)]).toEqual(["u9", ["u10"]]);
  expect(view.turns[0]).toBe(turns[0]);
  await shown.unmount();
});

test("useThread: a thread that is not to be had is gone, with the reason; asked for again once somebody looks again", async () => {
  const { server, show, wait } = stage(page);
  fillThread(server, 1, "thread:other");
  let view!: ThreadView;
  function Header(): ReactNode {
    view = useThread("one");
    return null;
  }
  const shown = await show(<Header />);
  expect([view.status, view.error?.kind]).toEqual(["gone", "not_found"]);
  await shown.unmount();
  fillThread(server, 1);
  const again = await show(<Header />);
  expect([view.status, view.error, view.thread?.title]).toEqual(["live", null, "one"]);
  await again.unmount();
  await wait(5_000);
});

test("Permissions: all pending ones show, oldest first, whatever the window; the answer clears them", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 1);
  const ask = (pos: number): Change =>
    put("permission", `r${pos}`, { pos, title: `may I ${pos}`, options: [], status: "pending", askedAt: 0 });
  server.commit(THREAD, [ask(-2), ask(-5)]);
  server.commit(THREAD, [
    put("question", "q1", { pos: -1, message: "?", mode: "form", status: "pending", askedAt: 0 }),
  ]);
  for (let count = 0; count < 250; count++) server.commit(THREAD, [message(server, "later")]);
  function Requests(): ReactNode {
    const { permissions, questions } = usePermissions("one");
    return (
      <p>
        {permissions.map(({ value }: { value: PermissionEntity }) => value.title).join()} {questions.length}
      </p>
    );
  }
  const shown = await show(<Requests />);
  expect(shown.text()).toBe("may I -5,may I -2 1");
  server.commit(THREAD, [patch("permission", "r-5", { status: "answered", answer: "yes" })]);
  server.commit(THREAD, [patch("question", "q1", { status: "cancelled" })]);
  await settle();
  expect(shown.text()).toBe("may I -2 0");
  await shown.unmount();
});

test("usePermissionsOf: those of one tool call, oldest first, answered too; the same list until one of them changes", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 1);
  const ask = (pos: number, tool: string): Change =>
    put("permission", `r${pos}`, { pos, tool, title: "", options: [], status: "pending", askedAt: pos });
  server.commit(THREAD, [ask(12, "t1"), ask(11, "t1"), ask(13, "t2")]);
  const seen: (readonly { id: string; value: PermissionEntity }[])[] = [];
  function Asked(): ReactNode {
    seen.push(usePermissionsOf("one", "t1"));
    return null;
  }
  const shown = await show(<Asked />);
  const now = () => seen.at(-1)!.map(({ id, value }) => `${id} ${value.status}`);
  expect(now()).toEqual(["r11 pending", "r12 pending"]);
  const before = seen.at(-1);
  server.commit(THREAD, [patch("permission", "r13", { status: "answered", answeredAt: 20 })]);
  await settle();
  expect(seen.at(-1)).toBe(before);
  server.commit(THREAD, [patch("permission", "r11", { status: "answered", answeredAt: 20 })]);
  await settle();
  expect(now()).toEqual(["r11 answered", "r12 pending"]);
  await shown.unmount();
});

test("useBoard: cards in groups, the last changed first; a card is the same object until it changes", async () => {
  const { server, show, settle } = stage(page);
  const card = (id: string, status: string, updatedAt: number, waiting = 0): Change =>
    put("card", id, { thread: id, title: id, agent: "demo", status, updatedAt, waiting });
  server.commit("board:personal", [
    put("board", "personal", { name: "Personal", kind: "personal", createdAt: 0 }),
    card("idle", "idle", 1),
    card("asks", "running", 2, 1),
    card("works", "running", 3),
    card("old", "archived", 4),
    card("broken", "interrupted", 5),
    card("next", "queued", 6),
    card("waits", "waiting", 7),
  ]);
  let view!: BoardView;
  function Rail(): ReactNode {
    view = useBoard("personal");
    return null;
  }
  const shown = await show(<Rail />);
  const ids = (): Record<string, string[]> =>
    Object.fromEntries(Object.entries(view.groups).map(([name, cards]) => [name, cards.map(({ id }) => id)]));
  expect(view.board?.name).toBe("Personal");
  expect(view.cards.map(({ id }) => id)).toEqual(["waits", "next", "broken", "old", "works", "asks", "idle"]);
  expect(ids()).toEqual({
    needsYou: ["waits", "asks"],
    running: ["next", "works"],
    recent: ["broken", "idle"],
    archived: ["old"],
  });
  const { needsYou, running } = view.groups;
  server.commit("board:personal", [patch("card", "works", { status: "idle", updatedAt: 9 })]);
  await settle();
  expect(ids()["recent"]).toEqual(["works", "broken", "idle"]);
  expect([view.groups.needsYou === needsYou, view.groups.running === running]).toEqual([true, false]);
  expect(view.groups.running[0]).toBe(running[0]);
  await shown.unmount();
});

test("useAgents: those that are installed first", async () => {
  const { server, show } = stage(page);
  const agent = (name: string, found: boolean): Change => put("agent", name, { name, title: name, command: [], found });
  server.commit("server", [agent("a", false), agent("c", true), agent("b", true)]);
  function Agents(): ReactNode {
    return useAgents()
      .agents.map(({ id }) => id)
      .join();
  }
  const shown = await show(<Agents />);
  expect(shown.text()).toBe("b,c,a");
  await shown.unmount();
});

test("useConnection: connecting, live, offline with what waits, catching up with how far behind, live again", async () => {
  const { one, server, network, frames, show, settle, wait, clock } = stage(
    page,
    world(() => 0.4),
  );
  fillThread(server, 2);
  const seen: string[] = [];
  let view!: ConnectionView;
  function Badge(): ReactNode {
    view = useConnection();
    useThread("one");
    seen.push(`${view.state} ${view.behind} behind, ${view.queued} queued`);
    return null;
  }
  const shown = await show(<Badge />);
  expect([seen[0], seen.at(-1)]).toEqual(["idle 0 behind, 0 queued", "live 0 behind, 0 queued"]);
  expect([view.hello?.user.board, view.retryAt, view.error]).toEqual(["personal", null, null]);

  network.down = true;
  server.restart();
  await settle();
  const lostAt = clock.now();
  void one.command("thread.rename", { thread: "one", title: "offline" });
  await settle();
  expect([view.state, view.since, view.queued, view.error?.retry]).toEqual(["offline", lostAt, 1, "reconnect"]);
  expect(view.retryAt).toBeGreaterThan(lostAt);
  // Tries that fail do not make it another state.
  await wait(60_000);
  expect([view.state, view.since]).toEqual(["offline", lostAt]);

  for (let count = 0; count < 3; count++) server.commit(THREAD, [message(server, "missed")]);
  seen.length = 0;
  network.down = false;
  await page.act(() => view.retryNow());
  for (let step = 0; step < 20; step++) {
    await page.act(() => network.wires.forEach((wire) => wire.step()));
    await page.act(() => frames.draw());
  }
  const counted = seen.filter((text) => text.startsWith("catching up")).map((text) => text.slice(12, 20));
  expect([...new Set(counted)]).toEqual(["0 behind", "2 behind", "1 behind"]);
  expect(seen.at(-1)).toBe("live 0 behind, 0 queued");
  expect(view.since).toBe(clock.now());
  await shown.unmount();
});

test("useConnection: a client that is not let in is stopped; after signing in it goes on", async () => {
  const { one, server, show, settle } = stage(page);
  server.token = "other";
  let view!: ConnectionView;
  function Badge(): ReactNode {
    view = useConnection();
    return null;
  }
  const shown = await show(<Badge />);
  expect([view.state, view.status]).toMatchObject(["stopped", { reason: { code: 4401 } }]);
  server.token = undefined;
  await page.act(() => one.connect());
  await settle();
  expect(view.state).toBe("live");
  await shown.unmount();
});

test("Loss and repeats: a prompt shows at once, also offline, and leaves in the frame in which its turn comes", async () => {
  const { server, network, frames, show, settle, wait } = stage(page);
  fillThread(server, 1);
  const seen: string[] = [];
  function Prompts(): ReactNode {
    const client = useClient();
    const pending = usePendingPrompts("one").map(({ text }) => text);
    const turns = useThread("one").turns.map(({ value }) => value["text"] as string);
    seen.push(`${pending.join()}|${turns.join()}`);
    return <button onClick={() => void client.command("thread.prompt", { thread: "one", text: "hi" })}>Send</button>;
  }
  const shown = await show(<Prompts />);
  network.down = true;
  server.restart();
  await settle();
  await shown.click("button");
  await page.act(() => frames.draw());
  expect(seen.at(-1)).toBe("hi|");
  await shown.click("button");
  await page.act(() => frames.draw());
  expect(seen.at(-1)).toBe("hi,hi|");
  seen.length = 0;
  network.down = false;
  await wait(60_000);
  expect(seen.at(-1)).toBe("|hi,hi");
  // At no moment one is missing or there twice.
  for (const text of seen) expect(text.split(/[|,]/).filter(Boolean)).toEqual(["hi", "hi"]);
  await shown.unmount();
});

test("a hook outside of a provider says what is missing", async () => {
  function Lost(): ReactNode {
    try {
      useClient();
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  }
  const shown = await page.show(<Lost />);
  expect(shown.text()).toContain("outside of a SkeinProvider");
  await shown.unmount();
});

test("another thread in the same component: the old one's values are never shown as the new one's", async () => {
  const { server, show, settle, wait } = stage(page);
  fillThread(server, 250);
  fillThread(server, 1, "thread:two");
  server.commit("thread:two", [patch("thread", "two", { title: "two" })]);
  const seen: string[] = [];
  let change!: (thread: string) => void;
  let view!: TimelineView<undefined>;
  function Thread(): ReactNode {
    const [thread, setThread] = useState("one");
    change = setThread;
    view = useTimeline(thread);
    const title = useThread(thread).thread?.title;
    seen.push(`${thread} ${title ?? "-"} ${view.items.length} ${view.following}`);
    return null;
  }
  const shown = await show(
    <StrictMode>
      <Thread />
    </StrictMode>,
  );
  await page.act(() => view.setFollowing(false));
  await page.act(() => change("two"));
  expect(seen.at(-1)).toBe("two - 0 true");
  await settle();
  expect(seen.at(-1)).toBe("two two 1 true");
  await page.act(() => change("one"));
  expect(seen.at(-1)).toBe("one one 200 true");
  const before = server.requests.length;
  await wait(5_000);
  expect(server.requests.slice(before)).toMatchObject([{ method: "unsubscribe", params: { topic: "thread:two" } }]);
  await shown.unmount();
});
