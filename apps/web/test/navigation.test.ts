import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const entries = (page: Page): Promise<number> => page.evaluate(() => history.length);
const row = (page: Page, thread: string) => page.locator(`[data-thread="${thread}"]`);

describe.skipIf(!app.available)("back leads to the page before", () => {
  test("however often the row of the open thread was pressed", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await row(page, thread).click();
    await turnsEnded(page, 1);
    const before = await entries(page);
    for (let times = 0; times < 3; times++) await row(page, thread).click();
    await row(page, thread).press("Enter");
    expect(await entries(page)).toBe(before);
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);
    // What is forward is not lost either.
    await page.getByRole("link", { name: "Skein", exact: true }).click();
    await page.goForward();
    await page.waitForURL(`**/t/${thread}`);
  });
});

test.skipIf(!app.available)("a thread whose page could not be loaded keeps no other from being opened", async () => {
  const [one, two] = [await makeThread(app, ["hello"]), await makeThread(app, ["hello"])];
  const { page } = await app.signedIn();
  await page.route(/thread-page/, (route) => route.abort());
  await page.reload();
  await live(page);
  await row(page, one).click();
  await page.getByRole("alert").getByText("This page could not be loaded").waitFor();
  await page.unroute(/thread-page/);
  await row(page, two).click();
  await turnsEnded(page, 1);
  await openThread(page, app, one);
  // What a page throws is told on the console too.
  expect(app.faults.splice(0).every((fault) => fault.includes("dynamically imported module"))).toBe(true);
});
