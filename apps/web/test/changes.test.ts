import { afterEach, describe, expect, test } from "bun:test";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { App, axeFaults, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const file = (page: Page, name: string) => page.getByRole("dialog").getByRole("region", { name });

/** An agent that changes so many files in one turn. */
const changer = (files: number) =>
  scriptedAgent({
    prompts: [
      Array.from({ length: files }, (_, index): Step[] => {
        const path = `/srv/project/file-${String(index).padStart(3, "0")}.ts`;
        const lines = Array.from({ length: 16 }, (_, line) => `let v${line} = ${line};`);
        const content = [{ type: "diff", path, oldText: null, newText: `${lines.join("\n")}\n` }];
        const toolCallId = `call-${index}`;
        return [
          {
            update: {
              sessionUpdate: "tool_call",
              toolCallId,
              title: "Write",
              kind: "edit",
              status: "completed",
              content,
            },
          },
        ];
      }).flat(),
    ],
  });

describe.skipIf(!app.available)("all changes of a thread", () => {
  test("are one page: from the line that closes a turn, from the panel, by file, and back", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await page.getByRole("button", { name: "3 files changed" }).click();
    await page.getByRole("dialog", { name: /Changes/ }).waitFor();
    await file(page, "backoff.test.ts").getByText("new", { exact: true }).waitFor();
    await file(page, "old-backoff.ts").getByText("deleted", { exact: true }).waitFor();
    await file(page, "connection/backoff.ts").getByRole("img", { name: "7 lines added, 4 removed" }).waitFor();
    expect(await axeFaults(page)).toEqual([]);

    // Side by side, a line stands beside the one whose place it takes.
    const beside = await file(page, "connection/backoff.ts")
      .locator(".grid")
      .filter({ hasText: "random: number" })
      .first()
      .textContent();
    expect(beside).toContain("export function backoff(attempt: number): number {");
    await page.getByRole("button", { name: "Show unified" }).click();
    await page.locator("[data-split=false]").first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "3 files changed" }).waitFor();
    await page.keyboard.press("c");
    await page.locator("[data-split=false]").first().waitFor();
    await page.getByRole("button", { name: "Show side by side" }).click();

    await file(page, "old-backoff.ts").getByRole("button", { name: "Show in the timeline" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator("[data-row]:focus").getByText("Delete old-backoff.ts").waitFor();

    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.getByRole("tab", { name: "Changes" }).click();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByRole("dialog", { name: /Changes/ }).waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("of many files are made as they come into sight; J and K go from file to file", async () => {
    const thread = await makeThread(app, ["Change them all."], changer(120));
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "120 files changed" }).click();
    await file(page, "file-000.ts").locator("[data-line=added]").first().waitFor();
    const drawn = () => page.locator("[data-file]:has([data-line])").count();
    expect(await drawn()).toBeLessThan(20);
    const atTop = (name: string) =>
      page.waitForFunction((wanted) => {
        const sections = [...document.querySelectorAll<HTMLElement>("[data-file]")];
        const edge = document.querySelector("[role=dialog] [data-scroller]")?.getBoundingClientRect().top ?? 0;
        return sections.findLast((each) => each.getBoundingClientRect().top <= edge + 1)?.ariaLabel?.endsWith(wanted);
      }, name);
    for (const name of ["file-001.ts", "file-002.ts", "file-003.ts"]) {
      await page.keyboard.press("j");
      await atTop(name);
    }
    await page.keyboard.press("k");
    await atTop("file-002.ts");
    expect(await drawn()).toBeLessThan(20);
    // From the panel, it begins at the file that one was at.
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.getByRole("tab", { name: "Changes" }).click();
    await page.getByRole("group", { name: "file-110.ts" }).getByRole("button", { name: "Show large" }).click();
    await atTop("file-110.ts");
    expect(await drawn()).toBeLessThan(20);
  });

  test("on a phone: one column of numbers, lines wrap, nothing is wider than the screen", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page } = await app.signedIn({ ...PHONE, colorScheme: "dark" });
    await openThread(page, app, thread);
    await turnsEnded(page, 2);
    // Of a path that is too long, the file's name is what stays.
    for (const row of ["4 steps", "Edit backoff.ts"]) await page.getByRole("button", { name: row }).last().tap();
    const name = page.locator("figcaption").getByText("/backoff.ts", { exact: true });
    await name.waitFor();
    expect(await name.evaluate((each) => each.getBoundingClientRect().right)).toBeLessThan(360 - 44);
    await page.getByRole("button", { name: "3 files changed" }).tap();
    await file(page, "connection/backoff.ts").locator("[data-line=added]").first().waitFor();
    const { code, scroll, client } = await page.evaluate(() => {
      const line = document.querySelector<HTMLElement>("[role=dialog] [data-line=added]");
      const box = document.querySelector<HTMLElement>("[role=dialog] [data-scroller]");
      return {
        code: line?.lastElementChild?.getBoundingClientRect().left ?? 999,
        scroll: box?.scrollWidth ?? 0,
        client: box?.clientWidth ?? 0,
      };
    });
    expect(code).toBeLessThan(48);
    expect(scroll).toBe(client);
    expect(await axeFaults(page)).toEqual([]);
  });

  test("have an address: for a reload, back and forward, and a link that was copied", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page, context } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    const [threadUrl, url] = [`${app.server.url}/t/${thread}`, `${app.server.url}/t/${thread}/changes`];
    const dialog = page.getByRole("dialog", { name: /Changes/ });
    await page.locator(`[data-thread="${thread}"]`).click();
    await page.getByRole("button", { name: "3 files changed" }).click();
    await dialog.waitFor();
    expect(page.url()).toBe(url);
    await (await app.server.client()).command("thread.rename", { thread, title: "Mend it" });
    const title = "Changes: Mend it · Skein";
    await page.waitForFunction((wanted) => document.title === wanted, title);
    await page.reload();
    await file(page, "old-backoff.ts").waitFor();
    expect(await page.title()).toBe(title);
    await page.goBack();
    await dialog.waitFor({ state: "detached" });
    expect([page.url(), await page.title()]).toEqual([threadUrl, "Mend it · Skein"]);
    await page.goForward();
    await dialog.waitFor();
    // To close it is to go back: it leaves no entry between the thread and what was before. Twice is once.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForURL(threadUrl);
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);

    const linked = await context.newPage();
    await linked.goto(`${url}#${encodeURIComponent("/srv/skein/none.ts")}`);
    await linked.getByRole("dialog", { name: /Changes/ }).waitFor();
    expect(await linked.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null)).toBe(true);
    expect(await axeFaults(linked)).toEqual([]);
    await linked.getByRole("button", { name: "Close" }).click();
    await linked.waitForURL(threadUrl);
    await linked.getByRole("dialog").waitFor({ state: "detached" });
    await linked.waitForFunction(() => document.activeElement?.closest("#main"));
  });

  test("begin at the file that the address names, and stand behind the place in the timeline that one goes to", async () => {
    const thread = await makeThread(app, ["Change them all."], changer(60));
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.getByRole("tab", { name: "Changes" }).click();
    await page.getByRole("group", { name: "file-040.ts" }).getByRole("button", { name: "Show large" }).click();
    await page.waitForURL(/\/changes#.*file-040\.ts$/);
    await page.reload();
    await page.locator("[data-file$='file-040.ts']:focus [data-line]").first().waitFor();
    await page.locator("[data-file$='file-040.ts']").getByRole("button", { name: "Show in the timeline" }).click();
    await page.waitForURL(`${app.server.url}/t/${thread}`);
    await page.locator("[data-row]:focus").waitFor();
    await page.goBack();
    await page.locator("[data-file$='file-040.ts']:focus [data-line]").first().waitFor();
  });

  test("on a phone lie over the sheet they were opened from, which is there again behind them", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page } = await app.signedIn(PHONE);
    await page.locator(`[data-thread="${thread}"]`).tap();
    await turnsEnded(page, 2);
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).tap();
    await page.getByRole("tab", { name: "Changes" }).tap();
    await page.getByRole("button", { name: "Show all" }).tap();
    const [changes, panel] = [/Changes/, /About this thread/].map((name) => page.getByRole("dialog", { name }));
    await changes?.waitFor();
    await panel?.waitFor({ state: "detached" });
    await page.goBack();
    await panel?.waitFor();
    await changes?.waitFor({ state: "detached" });
    await page.waitForFunction(() => (history.state as { layers?: number } | null)?.layers === 1);
    await page.goBack();
    await panel?.waitFor({ state: "detached" });
    expect(page.url()).toBe(`${app.server.url}/t/${thread}`);
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);
  });
});
