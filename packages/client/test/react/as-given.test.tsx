import { afterAll, beforeAll, expect, test } from "bun:test";
import { StrictMode, type ReactNode } from "react";
import { memoryStorage, SkeinError, type Change, type SkeinClient } from "../../src/index.ts";
import {
  SkeinProvider,
  useBoard,
  useGiven,
  useOutbox,
  useThread,
  type BoardView,
  type OutboxView,
  type ThreadView,
} from "../../src/react/index.ts";
import { fillThread, THREAD } from "../support/setup.ts";
import { patch, put } from "./changes.ts";
import { openPage, type Page } from "./page.ts";
import { stage, type Stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

const BOARD = "board:b";
const card = (id: string, title: string): Change =>
  put("card", id, {
    thread: id,
    title,
    agent: "demo",
    cwd: "/",
    status: "idle",
    preview: "",
    waiting: 0,
    updatedAt: 5,
  });

let thread: ThreadView;
let board: BoardView;
let outbox: OutboxView;
let given: ReturnType<typeof useGiven>;
let renders = 0;
const titles: string[] = [];
function Both(): ReactNode {
  thread = useThread("one");
  board = useBoard("b");
  outbox = useOutbox();
  given = useGiven("one");
  renders++;
  const said = `${thread.thread?.title} ${board.cards[0]?.value.title}`;
  if (titles.at(-1) !== said) titles.push(said);
  return said;
}

/** What the server does with a rename: the thread and its card, as one. */
function renamesBoth({ server }: Stage): void {
  server.intercept = ({ method, params }) => {
    if (method !== "thread.rename") return undefined;
    const { seq } = server.commit(THREAD, [patch("thread", "one", { title: params["title"] })]);
    server.commit(BOARD, [patch("card", "one", { title: params["title"] })]);
    return { topic: THREAD, seq };
  };
}

async function shown(of: Stage): Promise<Awaited<ReturnType<Stage["show"]>>> {
  fillThread(of.server, 1);
  of.server.commit(BOARD, [put("board", "b", { name: "b", kind: "personal", createdAt: 0 }), card("one", "one")]);
  of.server.commit(BOARD, [card("two", "two")]);
  const page = await of.show(
    <StrictMode>
      <Both />
    </StrictMode>,
  );
  titles.length = 0;
  return page;
}

async function away({ network, server, settle }: Stage): Promise<void> {
  network.down = true;
  server.restart();
  await settle();
}

test("given offline it shows at once, on thread and card alike, as held; back, it goes over without a flicker", async () => {
  const of = stage(page);
  const { one, network, settle, wait } = of;
  renamesBoth(of);
  const here = await shown(of);
  const [, second] = board.cards;
  await away(of);
  await page.act(() => void one.command("thread.rename", { thread: "one", title: "first" }));
  await page.act(() => void one.command("thread.rename", { thread: "one", title: "second" }));
  await settle();
  expect(here.text()).toBe("second second");
  expect(given.map(({ state }) => state)).toEqual(["held", "held"]);
  expect(outbox.entries.map(({ state }) => state)).toEqual(["held", "held"]);
  expect(board.cards.find(({ id }) => id === "two")).toBe(second);
  const before = renders;
  await settle();
  expect(renders).toBe(before);
  titles.length = 0;
  network.down = false;
  await wait(60_000);
  expect(here.text()).toBe("second second");
  expect(titles.filter((said) => said !== "second second")).toEqual([]);
  expect([given, outbox.entries]).toEqual([[], []]);
  await here.unmount();
});

test("on a slow line it shows before the answer, and one that is refused is gone again", async () => {
  const of = stage(page);
  const { one, server, settle } = of;
  const here = await shown(of);
  server.intercept = ({ method }) => {
    if (method === "thread.rename") throw new SkeinError("conflict", "taken");
    return undefined;
  };
  let error: unknown;
  await page.act(() => {
    one.command("thread.rename", { thread: "one", title: "never" }).catch((cause: unknown) => (error = cause));
    of.frames.draw();
  });
  expect([here.text(), given.map(({ state }) => state)]).toEqual(["never never", ["sent"]]);
  await settle();
  expect(here.text()).toBe("one one");
  expect((error as SkeinError).kind).toBe("conflict");
  await here.unmount();
});

test("archived as given, a card is among the archived; a queue is as given, the turns are as they are", async () => {
  const of = stage(page);
  const { one, server, settle } = of;
  const here = await shown(of);
  const turn = (text: string) => ({ by: "local", createdAt: 5, status: "queued", prompt: { text, blocks: [] } });
  server.commit(THREAD, [put("turn", "u1", turn("a")), put("turn", "u2", turn("b")), put("turn", "u3", turn("c"))]);
  await settle();
  await away(of);
  await page.act(() => {
    void one.command("thread.requeue", { thread: "one", turn: "u3", before: "u1" });
    void one.command("thread.requeue", { thread: "one", turn: "u1", text: "better" });
    void one.command("thread.unqueue", { thread: "one", turn: "u2" });
    void one.command("thread.archive", { thread: "one" });
  });
  await settle();
  expect(thread.queue.map(({ value }) => value.prompt?.text)).toEqual(["c", "better"]);
  expect(thread.turns.map(({ id }) => id)).toEqual(["u1", "u2", "u3"]);
  expect(board.groups.archived.map(({ id }) => id)).toEqual(["one"]);
  expect(board.groups.recent.map(({ id }) => id)).toEqual(["two"]);
  await here.unmount();
});

test("what waits in the storage shows as given to the next client", async () => {
  const of = stage(page);
  const storage = memoryStorage();
  storage.save({
    key: "k".repeat(32),
    method: "thread.rename",
    params: { thread: "one", title: "kept" },
    at: of.clock.now(),
  });
  fillThread(of.server, 1);
  of.server.commit(BOARD, [card("one", "one")]);
  // It is shown, and nothing of it is answered.
  of.server.intercept = ({ method }) => {
    if (method === "thread.rename") throw new SkeinError("busy", "later", { retryAfterMs: 1e6 });
    return undefined;
  };
  const next: SkeinClient = of.client({ storage });
  const here = await page.show(
    <SkeinProvider client={next} clock={of.clock} frames={of.frames.schedule}>
      <Both />
    </SkeinProvider>,
  );
  await of.settle();
  expect(here.text()).toBe("kept kept");
  expect(given.map(({ state }) => state)).toEqual(["delayed"]);
  await here.unmount();
});

test("answered over HTTP while the board is not up to date, a card stays as given until it is", async () => {
  const of = stage(page);
  const { server, network, wait, settle } = of;
  renamesBoth(of);
  fillThread(server, 1);
  server.commit(BOARD, [card("one", "one")]);
  let answered = 0;
  const one = of.client({
    fetch: async (_url, init) => {
      const { id, method, params } = JSON.parse(init.body as string) as { id: number; method: never; params: never };
      const result = server.intercept({ id, method, params });
      answered++;
      return new Response(JSON.stringify({ jsonrpc: "2.0", id, result }));
    },
  });
  function Rail(): ReactNode {
    return useBoard("b").cards[0]?.value.title;
  }
  const here = await page.show(
    <SkeinProvider client={one} clock={of.clock} frames={of.frames.schedule}>
      <Rail />
    </SkeinProvider>,
  );
  await settle();
  await away(of);
  await wait(60_000);
  await page.act(() => void one.command("thread.rename", { thread: "one", title: "over HTTP" }));
  await settle();
  expect([answered, here.text()]).toEqual([1, "over HTTP"]);
  network.down = false;
  await wait(60_000);
  expect([here.text(), one.outbox.entries]).toEqual(["over HTTP", []]);
  await here.unmount();
});
