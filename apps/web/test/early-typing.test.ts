import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { heldBack } from "./support/late.ts";
import { makeThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const prompt = (page: Page) => page.getByLabel("First prompt");

/** What stands in the field that has the focus. */
const inFocus = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => (document.activeElement as HTMLInputElement).value);

/** On a page that needs nothing of a new thread's, loaded anew. */
async function onSettings(): Promise<Page> {
  const { page } = await app.signedIn();
  await page.goto(`${app.server.url}/settings`);
  await live(page);
  return page;
}

describe.skipIf(!app.available)("what is typed on at once after N", () => {
  test("is in the first prompt, and goes on there once the form is loaded", async () => {
    const page = await onSettings();
    const letThrough = await heldBack(page, /new-thread/);
    await page.keyboard.press("n");
    await page.keyboard.type("n? w / and [");
    expect(await inFocus(page)).toBe("n? w / and [");
    expect(await axeFaults(page)).toEqual([]);
    letThrough();
    await page.getByLabel("Directory").waitFor();
    await page.keyboard.type(", no keys");
    expect(await inFocus(page)).toBe("n? w / and [, no keys");
    expect(await prompt(page).inputValue()).toBe("n? w / and [, no keys");
    expect(new URL(page.url()).pathname).toBe("/new");
    await prompt(page).fill("");
  });

  test("starts the thread, where Enter comes before the form as well", async () => {
    const page = await onSettings();
    const letThrough = await heldBack(page, /new-thread/);
    await page.keyboard.press("n");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    letThrough();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
  });

  test("stays there where the form can't be loaded, which is said, and is there after a reload", async () => {
    const page = await onSettings();
    await page.route(/new-thread/, (route) => route.abort());
    await page.reload();
    await live(page);
    await page.keyboard.press("n");
    await page.getByRole("alert").getByText("could not be loaded").waitFor();
    await page.keyboard.type("[no keys/");
    expect(await inFocus(page)).toBe("[no keys/");
    expect(await axeFaults(page)).toEqual([]);
    await page.unroute(/new-thread/);
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByLabel("Directory").waitFor();
    expect(await prompt(page).inputValue()).toBe("[no keys/");
    await prompt(page).fill("");
  });
});

test.skipIf(!app.available)("⌘K takes what is typed also where its list can't be loaded, and says so", async () => {
  const thread = await makeThread(app, ["hello"]);
  const page = await onSettings();
  await page.route(/palette-content/, (route) => route.abort());
  await page.reload();
  await live(page);
  await page.locator(`[data-thread="${thread}"]`).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n");
  await page.getByRole("dialog").getByText("could not be loaded").waitFor();
  await page.keyboard.type("]/");
  expect(await inFocus(page)).toBe("n]/");
  expect(await axeFaults(page)).toEqual([]);
  expect(new URL(page.url()).pathname).toBe("/settings");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.unroute(/palette-content/);
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "Settings" }).waitFor();
});
