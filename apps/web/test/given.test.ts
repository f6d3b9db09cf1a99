import { afterEach, describe, expect, test } from "bun:test";
import type { BrowserContext } from "playwright-core";
import { scriptedAgent } from "../../../test/support/scripted-agent.ts";
import { App, axeFaults, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable, swallowing } from "./support/cuttable.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

const HELD = "sent once the server is back";
const title = (page: Page) => page.getByRole("heading", { level: 1 });
const row = (page: Page, thread: string) => page.locator(`[data-thread="${thread}"]`);
const mark = (of: ReturnType<typeof title>, words: string | RegExp = HELD) => of.getByRole("img", { name: words });

/** A signed-in page on a thread, whose network can be taken away as a whole. */
async function opened(thread: string) {
  const { page, context } = await app.signedIn();
  const network = await cuttable(page);
  await openThread(page, app, thread);
  return {
    page,
    away: () => away(page, context, network),
    back: async () => {
      network.mend();
      await context.setOffline(false);
      await page.locator("[data-connection]").click();
      await live(page);
    },
  };
}

async function away(page: Page, context: BrowserContext, network: Awaited<ReturnType<typeof cuttable>>): Promise<void> {
  await context.setOffline(true);
  await network.cut();
  await page.locator('[data-connection="offline"]').waitFor();
}

/** Writes another title over the one in the header, at the place. */
async function rename(page: Page, to: string): Promise<void> {
  await title(page).getByRole("button").click();
  await page.getByLabel("Title of the thread").fill(to);
  await page.keyboard.press("Enter");
}

/** Commands of one name that wait on the device. */
const stored = (page: Page, method: string): Promise<number> =>
  page.evaluate(
    (name) =>
      Object.keys(localStorage).filter((key) => localStorage.getItem(key)?.includes(`"method":"${name}"`)).length,
    method,
  );

/** A thread whose first turn runs until it is let go, with prompts behind it. */
async function queued(texts: readonly string[]): Promise<{ thread: string; letGo: () => Promise<number> }> {
  const client = await app.server.client();
  const { thread } = await client.command("thread.create", { cwd: app.server.cwd, exec: scriptedAgent() });
  await client.command("thread.prompt", { thread, text: JSON.stringify([{ text: "go" }, { until: `go-${thread}` }]) });
  for (const text of texts) await client.command("thread.prompt", { thread, text });
  return { thread, letGo: () => Bun.write(`${app.server.cwd}/go-${thread}`, "") };
}

async function openQueue(page: Page) {
  await page.locator("#main").focus();
  await page.keyboard.press("3");
  const panel = page.getByRole("tabpanel", { name: "Queue" });
  await panel.waitFor();
  return panel;
}

describe.skipIf(!app.available)("what was given offline", () => {
  test("a title stands in header, rail and tab, marked as waiting; a second one takes its place without a flicker", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, away, back } = await opened(thread);
    await turnsEnded(page, 1);
    await away();
    await rename(page, "The first title");
    await rename(page, "The second title");
    for (const place of [title(page), row(page, thread)]) {
      await place.getByText("The second title", { exact: true }).waitFor();
      await mark(place).waitFor();
    }
    expect(await page.title()).toContain("The second title");
    await page.getByRole("button", { name: /2 to send/ }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.evaluate(() => {
      const seen = ((window as unknown as { seen: string[] }).seen = [] as string[]);
      const look = (): void => void seen.push(document.body.textContent);
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    await back();
    await mark(row(page, thread), /sen[dt]/).waitFor({ state: "detached" });
    const other = (await app.server.client()).watch(`thread:${thread}`);
    await other.ready();
    while (other.replica.get("thread", thread)?.["title"] !== "The second title") await Bun.sleep(10);
    other.release();
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((text) => text.includes("The first title"))).toEqual([]);
  });

  test("a mode is shown as chosen, also for who went away and came back, and is not given twice", async () => {
    const thread = await makeThread(app, ["hello"]);
    const other = await makeThread(app, ["hello"]);
    const { page, away, back } = await opened(thread);
    await turnsEnded(page, 1);
    // Both are on the device.
    await row(page, other).click();
    await turnsEnded(page, 1);
    await row(page, thread).click();
    await turnsEnded(page, 1);
    await away();
    const mode = page.locator("header").getByRole("button", { name: /^Mode/ });
    await mode.click();
    await page.getByRole("menuitemradio", { name: "Auto" }).click();
    await mode.getByText("Auto").waitFor();
    await mark(mode).waitFor();
    await row(page, other).click();
    await mode.getByText("Ask", { exact: false }).waitFor();
    await row(page, thread).click();
    await mode.getByText("Auto").waitFor();
    await mode.click();
    await page.getByRole("menuitemradio", { name: "Auto", checked: true }).click();
    expect(await stored(page, "thread.mode")).toBe(1);
    await back();
    await mark(mode, /sen[dt]/).waitFor({ state: "detached" });
    expect(await mode.textContent()).toContain("Auto");
  });

  test("an archived thread is among the archived, and can be taken out again before the server hears of either", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, away, back } = await opened(thread);
    await turnsEnded(page, 1);
    await away();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    const archived = page.getByRole("region", { name: "Archived" });
    await mark(archived.getByRole("heading")).waitFor();
    await archived.getByRole("button", { name: "Archived" }).click();
    await mark(row(page, thread)).waitFor();
    await row(page, thread).click();
    await page.getByRole("button", { name: "Take it out of the archive" }).click();
    await promptBox(page).waitFor();
    expect(await promptBox(page).evaluate((box) => box === document.activeElement)).toBe(true);
    await page.getByRole("region", { name: "Recent" }).locator(`[data-thread="${thread}"]`).waitFor();
    await back();
    await mark(row(page, thread), /sen[dt]/).waitFor({ state: "detached" });
    await page.getByRole("region", { name: "Recent" }).locator(`[data-thread="${thread}"]`).waitFor();
  });

  test("a queue is as it was made: edited, moved, dropped; what is dropped can be taken back", async () => {
    const { thread, letGo } = await queued(["aaa", "bbb", "ccc"]);
    const { page, away, back } = await opened(thread);
    const panel = await openQueue(page);
    await panel.getByText("ccc").waitFor();
    await away();
    const items = panel.getByRole("listitem");
    await items.nth(0).getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Queued prompt").fill("aaa, better");
    await panel.getByRole("button", { name: "Keep" }).click();
    await items.nth(0).getByText("aaa, better").waitFor();
    await mark(items.nth(0)).waitFor();
    // Of a double click the second one is on another row by then: it does nothing.
    await items.nth(2).getByRole("button", { name: "Move up" }).dblclick();
    await items.nth(1).getByText("ccc").waitFor();
    await items.nth(1).getByRole("button", { name: "Move down" }).dblclick();
    await items.nth(1).getByText("bbb").waitFor();
    await items.nth(1).getByRole("button", { name: "Drop" }).dblclick();
    await panel.getByText("Dropped: bbb").waitFor();
    expect(await items.count()).toBe(2);
    expect(await axeFaults(page)).toEqual([]);
    await panel.getByRole("button", { name: "Take back" }).click();
    await items.nth(1).getByText("bbb").waitFor();
    await items.nth(1).getByRole("button", { name: "Drop" }).click();
    await back();
    await page.getByText("The prompt was dropped.").waitFor();
    expect(await items.allInnerTexts()).toEqual(["aaa, better", "ccc"]);
    await mark(panel, /sen[dt]/)
      .first()
      .waitFor({ state: "detached" });
    await letGo();
    await turnsEnded(page, 3);
  });

  test("what is refused goes, with a word, and what was written is in the prompt box", async () => {
    const { thread, letGo } = await queued(["aaa"]);
    const { page, away, back } = await opened(thread);
    const panel = await openQueue(page);
    await panel.getByRole("button", { name: "Edit" }).click();
    await away();
    await page.getByLabel("Queued prompt").fill("aaa, with care");
    await panel.getByRole("button", { name: "Keep" }).click();
    await panel.getByText("aaa, with care").waitFor();
    const client = await app.server.client();
    const watch = client.watch(`thread:${thread}`);
    await watch.ready();
    const [turn] = [...watch.replica.all("turn")].find(([, value]) => value["status"] === "queued") ?? [""];
    await client.command("thread.unqueue", { thread, turn });
    watch.release();
    await back();
    await page.getByText("The queue was not changed.").waitFor();
    expect(await promptBox(page).inputValue()).toBe("aaa, with care");
    await panel.getByText("Nothing waits.").waitFor();
    await letGo();
  });
});

/** A thread in a page whose renames get no answer until `renames` is mended. */
async function threadWhoseRenamesGetNoAnswer() {
  const thread = await makeThread(app, ["hello"]);
  const { page } = await app.browser();
  const renames = await swallowing(page, "thread.rename");
  await page.goto(await app.server.pairLink());
  await live(page);
  await openThread(page, app, thread);
  await turnsEnded(page, 1);
  return { page, thread, renames };
}

describe.skipIf(!app.available)("what was given and is not answered", () => {
  test("is as given after a reload", async () => {
    const { page, thread, renames } = await threadWhoseRenamesGetNoAnswer();
    await rename(page, "Kept over the reload");
    await page.reload();
    for (const place of [title(page), row(page, thread)]) {
      await place.getByText("Kept over the reload").waitFor();
      await mark(place, "sending…").waitFor();
    }
    renames.mend();
    await page.reload();
    await title(page).getByText("Kept over the reload").waitFor();
    await mark(row(page, thread), /sen[dt]/).waitFor({ state: "detached" });
  });

  test("is marked after 150 ms: what is answered sooner moves nothing", async () => {
    const { page, thread, renames } = await threadWhoseRenamesGetNoAnswer();
    await title(page).getByRole("button").click();
    await page.getByLabel("Title of the thread").fill("Soon");
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.keyboard.press("Enter");
    await page.clock.runFor(100);
    await row(page, thread).getByText("Soon").waitFor();
    expect(await page.getByRole("img", { name: "sending…" }).count()).toBe(0);
    await page.clock.runFor(100);
    await mark(row(page, thread), "sending…").waitFor();
    renames.mend();
  });

  test("refused after a reload, a prompt's text is in its thread's prompt box, and that is told", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.browser();
    const prompts = await swallowing(page, "thread.prompt");
    await page.goto(await app.server.pairLink());
    await live(page);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await promptBox(page).fill("with care");
    await page.keyboard.press("Enter");
    await page.getByText("sending…").waitFor();
    await (await app.server.client()).command("thread.archive", { thread });
    prompts.mend();
    await page.reload();
    await page.getByText("A prompt was not sent.").waitFor();
    await (await app.server.client()).command("thread.archive", { thread, archived: false });
    await promptBox(page).waitFor();
    expect(await promptBox(page).inputValue()).toBe("with care");
  });

  test("G3, P61: what is older than the server's answers is not sent after a reload, its text is in the prompt box", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await away(page, context, network);
    await promptBox(page).fill("of last month");
    await page.keyboard.press("Enter");
    await page.getByText(HELD).waitFor();
    await page.evaluate(() => {
      for (const name of Object.keys(localStorage).filter((each) => each.startsWith("skein.outbox."))) {
        const command = JSON.parse(localStorage.getItem(name) ?? "") as { at: number };
        localStorage.setItem(name, JSON.stringify({ ...command, at: command.at - 31 * 86_400_000 }));
      }
    });
    await page.goto("about:blank");
    network.mend();
    await context.setOffline(false);
    await openThread(page, app, thread);
    await page.getByText("A prompt was not sent.").waitFor();
    await page.getByText("if not, give it anew").waitFor();
    expect(await promptBox(page).inputValue()).toBe("of last month");
    expect(await stored(page, "thread.prompt")).toBe(0);
    const watch = (await app.server.client()).watch(`thread:${thread}`);
    await watch.ready();
    expect([...watch.replica.all("turn").values()]).toHaveLength(1);
    watch.release();
  });
});
