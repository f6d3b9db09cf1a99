import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { late } from "./support/late.ts";
import { makeThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const field = (page: Page) => page.getByRole("searchbox", { name: "Search everything" });
const results = (page: Page) => page.locator("[data-results] a");

/** Resolves once the first result has the focus, and is about this. */
const firstIs = (page: Page, text: string) =>
  page.waitForFunction((wanted) => {
    const { activeElement } = document;
    const isFirst = activeElement !== null && activeElement === document.querySelector("[data-results] a");
    return isFirst && activeElement.textContent?.toLowerCase().includes(wanted);
  }, text);

describe.skipIf(!app.available)("Enter and ↓ in the field of the search", () => {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 900, height: 800 },
  ]) {
    test(`pressed before anything was found lead to it once it is (${viewport.width} px)`, async () => {
      const thread = await makeThread(app, ["hello zebra"]);
      const { page } = await app.signedIn({ viewport });
      await page.locator(`[data-thread="${thread}"]`).getByRole("img", { name: "Idle" }).waitFor();
      for (const key of ["Enter", "ArrowDown"]) {
        await page.goto(app.server.url);
        await live(page);
        await page.keyboard.press("/");
        await page.keyboard.type("zebra");
        await page.keyboard.press(key);
        await firstIs(page, "zebra");
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/t\//);
      }
    });
  }

  test("lead to nothing that was found for another text", async () => {
    const thread = await makeThread(app, ["hello quagga", "hello okapi"]);
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${thread}"]`).click();
    await turnsEnded(page, 2);
    await page.keyboard.press("/");
    await page.keyboard.type("quagga");
    await results(page).getByText("quagga").first().waitFor();
    server.keepBack();
    await field(page).fill("hello oka");
    await page.keyboard.press("ArrowDown");
    await page.waitForURL("**/search?q=hello%20oka");
    expect(await field(page).evaluate((each) => each === document.activeElement)).toBe(true);
    // Who types on is not called away.
    await page.keyboard.type("p");
    server.letThrough();
    await page.locator("mark").getByText("okap").first().waitFor();
    expect(await field(page).inputValue()).toBe("hello okap");
    server.keepBack();
    await page.keyboard.type("i");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=hello%20okapi");
    server.letThrough();
    await firstIs(page, "okapi");
    // Nor who goes elsewhere.
    await page.keyboard.press("/");
    server.keepBack();
    await field(page).fill("quagga");
    await page.keyboard.press("Enter");
    await page.locator("#main").focus();
    server.letThrough();
    await page.locator("mark").getByText("quagga").first().waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  test("are forgotten where nothing was found", async () => {
    const { page } = await app.signedIn();
    await page.keyboard.press("/");
    await page.keyboard.type("nothing like that");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing that was said or done").waitFor();
    expect(await field(page).evaluate((each) => each === document.activeElement)).toBe(true);
    await makeThread(app, ["hello nothing like that"]);
    await results(page).first().waitFor();
    expect(await field(page).evaluate((each) => each === document.activeElement)).toBe(true);
  });
});
