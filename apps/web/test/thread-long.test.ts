import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { App } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { openThread } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const AGENT = join(import.meta.dir, "../../../bench/web/agent.process.ts");
const ITEMS = 10_000;
let thread = "";

/** Gives the agent a task and waits for the end of its turn. */
async function turn(task: object): Promise<void> {
  const client = await app.server.client();
  const watch = client.watch(`thread:${thread}`);
  await watch.ready();
  const { turn: id } = await client.command("thread.prompt", { thread, text: JSON.stringify(task) });
  await new Promise<void>((resolve) => {
    let began = false;
    const look = (): void => {
      const status = watch.replica.get("turn", id)?.["status"];
      began ||= status !== undefined;
      // A turn that ended falls out of the window when many items follow.
      if (began && status !== "queued" && status !== "running") resolve();
    };
    watch.onChange(look);
    look();
  });
  watch.release();
}

beforeAll(async () => {
  if (!app.available) return;
  const client = await app.server.client();
  const exec = { command: process.execPath, args: [AGENT] };
  ({ thread } = await client.command("thread.create", { exec, cwd: app.server.cwd, title: "Long" }));
  for (let part = 0; part < 10; part++) await turn({ items: ITEMS / 10 });
}, 120_000);

const timeline = (page: Page) => page.locator("[data-timeline]");
const rowsDrawn = (page: Page): Promise<number> => page.locator("[data-row]").count();

/** Turns the wheel up until the rows seen say that older items were loaded; gives the oldest place seen. */
async function readBack(page: Page, screens: number): Promise<void> {
  await timeline(page).hover();
  for (let screen = 0; screen < screens; screen++) {
    await page.mouse.wheel(0, -600);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
}

/** The first row in sight and how far below the timeline's edge it stands. */
const anchor = (page: Page): Promise<{ key: string; top: number }> =>
  page.evaluate(() => {
    const box = document.querySelector("[data-timeline]")?.getBoundingClientRect();
    const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
    const row = rows.find((each) => each.offsetHeight > 0 && each.getBoundingClientRect().top >= (box?.top ?? 0));
    return { key: row?.dataset["row"] ?? "", top: Math.round(row?.getBoundingClientRect().top ?? -1) };
  });

describe.skipIf(!app.available)(`a thread of ${ITEMS.toLocaleString("en")} items`, () => {
  test("L24: opens at its end, and draws a screen or two of it", async () => {
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.locator("[data-row]").last().waitFor();
    const distance = await timeline(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    expect(distance).toBeLessThan(24);
    expect(await rowsDrawn(page)).toBeLessThan(120);
  });

  test("older items come as one reads back, and what is read stays where it is", async () => {
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.locator("[data-row]").last().waitFor();
    await readBack(page, 60);
    expect(await rowsDrawn(page)).toBeLessThan(160);
    await page.getByRole("button", { name: "Jump to latest" }).waitFor();
    // While the agent answers, nothing of what is read moves.
    await page.waitForFunction(() => document.querySelector("[data-timeline]")?.getAttribute("aria-busy") === "false");
    const before = await anchor(page);
    await turn({ chunks: 60, perSecond: 200 });
    expect(await anchor(page)).toEqual(before);
    await page.getByRole("button", { name: "Jump to latest" }).click();
    await page.getByRole("button", { name: "Jump to latest" }).waitFor({ state: "detached" });
    const distance = await timeline(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    expect(distance).toBeLessThan(24);
  });

  test("a link to an older item loads back to it and marks it", async () => {
    const { page } = await app.signedIn();
    // Some 900 items before the end.
    const answer = await fetch(`${app.server.url}/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${app.server.process.token}`, "content-type": "application/json" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "history",
        params: { topic: `thread:${thread}`, before: ITEMS - 900, limit: 20 },
      }),
    });
    const { items } = ((await answer.json()) as { result: { items: { kind: string; id: string }[] } }).result;
    const message = items.find(({ kind, id }) => kind === "message" && id.startsWith("m"));
    expect(message).toBeDefined();
    await openThread(page, app, thread, message?.id ?? "");
    const row = page.locator(`[data-row="${message?.id}"]`);
    await row.waitFor();
    await page.waitForFunction((key) => document.activeElement?.getAttribute("data-row") === key, message?.id);
    const box = await row.boundingBox();
    expect(box && box.y > 0 && box.y < 900).toBe(true);
  });
});
