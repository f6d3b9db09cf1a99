import { afterAll, beforeAll, expect, test } from "bun:test";
import { Component, StrictMode, useState, type ReactNode } from "react";
import type { Change, PermissionEntity, TurnEntity } from "../../src/index.ts";
import {
  useAgents,
  useBoard,
  useClient,
  useConnection,
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
import { fillThread, message, THREAD, world } from "../support/setup.ts";
import { patch, put } from "./changes.ts";
import { openPage, type Page } from "./page.ts";
import { stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    return this.state.failed ? <i>broken</i> : this.props.children;
  }
}

test("a hook that cannot read what came fails alone: all others go on", async () => {
  const { server, show, settle } = stage(page);
  fillThread(server, 0);
  server.commit("server", [put("agent", "a", { name: "a", title: "A", command: ["a"], found: true })]);
  const Agents = (): ReactNode => useAgents().agents.map(({ value }) => value.title);
  const Title = (): ReactNode => useThread("one").thread?.title;
  const shown = await show(
    <>
      <Boundary>
        <Agents />
      </Boundary>
      <b>
        <Title />
      </b>
    </>,
  );
  expect(shown.text()).toBe("Aone");
  const { error } = console;
  // React tells of what a boundary caught.
  console.error = () => {};
  try {
    server.commit("server", [put("agent", "b", { name: "b", command: ["b"], found: true })]);
    server.commit(THREAD, [patch("thread", "one", { title: "two" })]);
    await settle();
  } finally {
    console.error = error;
  }
  expect(shown.text()).toBe("brokentwo");
  server.commit(THREAD, [patch("thread", "one", { title: "three" })]);
  await settle();
  expect(shown.element("b").textContent).toBe("three");
  await shown.unmount();
});

test("useThread: a thread that is gone is asked for again by retry", async () => {
  const { server, show, settle } = stage(page);
  const Title = (): ReactNode => {
    const { status, error, retry, thread } = useThread("one");
    return status === "gone" ? <button onClick={retry}>{error?.kind}</button> : thread?.title;
  };
  const shown = await show(<Title />);
  expect(shown.text()).toBe("not_found");
  fillThread(server, 0);
  await shown.click("button");
  await settle();
  expect(shown.text()).toBe("one");
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

test("L26: all pending ones show, oldest first, whatever the window; the answer clears them", async () => {
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

test("L11: a prompt shows at once, also offline, and leaves in the frame in which its turn comes", async () => {
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
