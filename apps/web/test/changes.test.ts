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
    await page.getByRole("button", { name: "3 files changed" }).tap();
    await file(page, "connection/backoff.ts").locator("[data-line=added]").first().waitFor();
    const { code, scroll, client } = await page.evaluate(() => {
      const line = document.querySelector<HTMLElement>("[data-line=added]");
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
});
