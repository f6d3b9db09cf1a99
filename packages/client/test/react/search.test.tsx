import { afterAll, beforeAll, expect, test } from "bun:test";
import { StrictMode, type ReactNode } from "react";
import { SkeinError } from "../../src/index.ts";
import { useSearch, type SearchView } from "../../src/react/index.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { openPage, type Page } from "./page.ts";
import { stage } from "./stage.tsx";

let page: Page;
beforeAll(async () => {
  page = await openPage();
});
afterAll(() => page.close());

let view: SearchView;
function Results({ text, board }: { text: string; board?: string }): ReactNode {
  view = useSearch(text, { limit: 2, ...(board === undefined ? {} : { board }) });
  return null;
}

const hitIds = (): string[] => view.hits.map(({ id }) => id);

/** Answers a search with `<text>1 <text>2 …`, two a page, of five. Tells what was asked. */
function searchable(server: FakeServer): Record<string, unknown>[] {
  const asked: Record<string, unknown>[] = [];
  server.intercept = ({ method, params }) => {
    if (method !== "search") return undefined;
    asked.push(params);
    const from = Number(params["before"] ?? 0);
    const ids = [from + 1, from + 2].filter((index) => index <= 5);
    const hits = ids.map((index) => ({
      topic: "thread:one",
      kind: "message",
      id: `${params["text"] as string}${index}`,
      pos: index,
      snippet: "",
      ts: 0,
    }));
    return { hits, next: from + 2 < 5 ? String(from + 2) : null };
  };
  return asked;
}

test("useSearch: asks once typing rests, and pages to the end", async () => {
  const { server, show, settle, wait } = stage(page);
  const asked = searchable(server);
  const shown = await show(<Results text=" " />);
  expect([view.pending, view.hits, view.hasMore]).toEqual([false, [], false]);
  await shown.render(<Results text="a" />);
  await wait(149);
  await shown.render(<Results text="ab" />);
  await wait(149);
  expect([asked.length, view.pending]).toEqual([0, true]);
  await wait(1);
  expect(asked).toEqual([{ text: "ab", limit: 2 }]);
  expect([view.text, hitIds(), view.pending, view.hasMore]).toEqual(["ab", ["ab1", "ab2"], false, true]);
  for (let count = 0; count < 2; count++) {
    await page.act(() => {
      view.loadMore();
      view.loadMore();
    });
    await settle();
  }
  expect([hitIds(), view.hasMore]).toEqual([["ab1", "ab2", "ab3", "ab4", "ab5"], false]);
  await page.act(() => view.loadMore());
  await settle();
  expect(asked.map(({ before }) => before)).toEqual([undefined, "2", "4"]);
  await shown.render(<Results text="ab" board="personal" />);
  await wait(150);
  expect(asked.at(-1)).toEqual({ text: "ab", limit: 2, board: "personal" });
  await shown.render(<Results text="" />);
  await wait(150);
  expect([view.text, hitIds(), view.pending, asked.length]).toEqual(["", [], false, 4]);
  await shown.unmount();
});

test("useSearch: an answer to what is not asked any more is never shown, and what was not sent yet never is", async () => {
  const { server, network, show, wait, settle } = stage(page);
  const asked = searchable(server);
  const shown = await show(
    <StrictMode>
      <Results text="slow" />
    </StrictMode>,
  );
  await wait(150);
  // The answer to the first page is under way while the next text is typed.
  await page.act(() => view.loadMore());
  await shown.render(<Results text="fast" />);
  await wait(150);
  expect([view.text, hitIds()]).toEqual(["fast", ["fast1", "fast2"]]);
  // Offline, only the last wish waits.
  network.down = true;
  server.restart();
  await settle();
  for (const text of ["x", "xy", "xyz"]) {
    await shown.render(<Results text={text} />);
    await wait(200);
  }
  expect([view.text, view.pending]).toEqual(["fast", true]);
  const before = asked.length;
  network.down = false;
  await wait(60_000);
  expect(asked.slice(before).map(({ text }) => text)).toEqual(["xyz"]);
  expect([view.text, view.pending]).toEqual(["xyz", false]);
  await shown.unmount();
});

test("useSearch: what the server refused is told, and tried again by loadMore", async () => {
  const { server, show, settle, wait } = stage(page);
  searchable(server);
  const answering = server.intercept;
  server.intercept = (request) => {
    if (request.method === "search") throw new SkeinError("busy", "not now");
    return undefined;
  };
  const shown = await show(<Results text="a" />);
  await wait(150);
  expect([view.error?.message, view.pending, hitIds()]).toEqual(["not now", false, []]);
  server.intercept = answering;
  await page.act(() => view.loadMore());
  await settle();
  expect([view.error, hitIds()]).toEqual([null, ["a1", "a2"]]);
  await shown.unmount();
});
