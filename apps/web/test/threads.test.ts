import { afterEach, describe, expect, test } from "bun:test";
import { App, live, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const rows = (page: Page) => page.locator("[data-thread]");

/** Makes a thread with one prompt as a program would, and gives its id. */
async function makeThread(prompt: string, title?: string): Promise<string> {
  const client = await app.server.client();
  const { thread } = await client.command("thread.create", {
    agent: "demo",
    cwd: app.server.cwd,
    ...(title === undefined ? {} : { title }),
  });
  await client.command("thread.prompt", { thread, text: prompt });
  return thread;
}

describe.skipIf(!app.available)("threads", () => {
  test("the first run: nothing yet, then a thread with the demo agent, which opens and shows in the list", async () => {
    const { page } = await app.signedIn();
    await page.getByText("No threads yet").waitFor();
    // One place calls for a thread, and the focus is in it.
    expect(await page.getByRole("button", { name: "New thread" }).count()).toBe(0);
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
    await page.getByText("Only the demo was found.").waitFor();
    await page.keyboard.type("hello");
    await page.getByLabel("Directory").fill(app.server.cwd);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: /Start thread/ }).click();
    await page.waitForURL(/\/t\/[A-Za-z0-9]{16}$/);
    const [, id = ""] = page.url().split("/t/");
    await page.locator(`[data-thread="${id}"][aria-current="page"]`).waitFor();
    // Who has begun it goes on writing to it.
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Prompt");
  });

  test("agents that are not found say what they need, and cannot be chosen", async () => {
    const { page } = await app.signedIn();
    await page.getByRole("combobox", { name: "Agent" }).click();
    const missing = page.getByRole("option").filter({ hasText: "Not found here" }).first();
    await missing.waitFor();
    expect(await missing.getAttribute("aria-disabled")).toBe("true");
    expect(await missing.textContent()).toContain("Needs: ");
  });

  test("directories are completed from the server's disk", async () => {
    const { page } = await app.signedIn();
    const field = page.getByLabel("Directory");
    await field.fill(app.server.cwd.slice(0, -3));
    await page.getByRole("option", { name: app.server.cwd }).first().click();
    expect(await field.inputValue()).toBe(app.server.cwd);
  });

  test("a directory that is not there is said, and what was typed is kept", async () => {
    const { page } = await app.signedIn();
    await page.getByLabel("Directory").fill("/nowhere/at/all");
    await page.getByLabel("First prompt").fill("keep me");
    await page.getByRole("button", { name: /Start thread/ }).click();
    await page.getByRole("alert").getByText("There is no directory /nowhere/at/all on the server.").waitFor();
    await page.reload();
    await live(page);
    expect(await page.getByLabel("First prompt").inputValue()).toBe("keep me");
    await page.getByLabel("First prompt").fill("");
  });

  test("two browsers see the same list, changing as it changes", async () => {
    const [one, two] = [await app.signedIn(), await app.signedIn()];
    const thread = await makeThread("edit something", "Shared by two");
    for (const { page } of [one, two]) {
      const waiting = page.getByRole("region", { name: /Needs you/ }).locator(`[data-thread="${thread}"]`);
      await waiting.getByText("Shared by two").waitFor();
    }
    for (const { page } of [one, two]) await page.waitForFunction(() => /^\(\d+\) /.test(document.title));
    const client = await app.server.client();
    await client.command("thread.rename", { thread, title: "Renamed for both" });
    for (const { page } of [one, two]) await rows(page).getByText("Renamed for both").waitFor();
    await client.command("thread.archive", { thread });
    for (const { page } of [one, two]) await rows(page).getByText("Renamed for both").waitFor({ state: "detached" });
  });

  test("unread marks are kept per device, and go when the thread is opened", async () => {
    const { page } = await app.signedIn();
    const elsewhere = await app.signedIn();
    const thread = await makeThread("hello", "To be read");
    const unread = (on: Page) => on.locator(`[data-thread="${thread}"]`).getByText("Unread");
    await unread(page).waitFor({ state: "attached" });
    await unread(elsewhere.page).waitFor({ state: "attached" });
    await page.locator(`[data-thread="${thread}"]`).click();
    await unread(page).waitFor({ state: "detached" });
    await page.reload();
    await live(page);
    await page.locator(`[data-thread="${thread}"]`).waitFor();
    expect(await unread(page).count()).toBe(0);
    expect(await unread(elsewhere.page).count()).toBe(1);
  });

  test("unread marks outlast a reload, also on a device that has opened no thread yet", async () => {
    const { page } = await app.signedIn();
    await page.getByRole("navigation", { name: "Skein" }).getByRole("region").first().waitFor();
    const thread = await makeThread("hello", "Never opened here");
    const unread = page.locator(`[data-thread="${thread}"]`).getByText("Unread");
    await unread.waitFor({ state: "attached" });
    await page.reload();
    await unread.waitFor({ state: "attached" });
    // Who signs out leaves nothing of it, and who comes next begins anew.
    await page.goto(`${app.server.url}/settings`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    await page.waitForFunction(() => Object.keys(localStorage).length === 0);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${thread}"]`).waitFor();
    expect(await unread.count()).toBe(0);
  });

  test("a thread whose turn failed is marked so in the list and its header, until the next turn", async () => {
    const thread = await makeThread("fail", "It fails");
    const { page } = await app.signedIn();
    const row = page.locator(`[data-thread="${thread}"]`);
    await row.getByRole("img", { name: "Failed" }).waitFor();
    await row.click();
    await page.getByRole("banner").getByRole("img", { name: "Failed" }).waitFor();
    await (await app.server.client()).command("thread.prompt", { thread, text: "hello" });
    await row.getByRole("img", { name: "Idle" }).waitFor();
    await page.getByRole("banner").getByRole("img", { name: "Failed" }).waitFor({ state: "detached" });
  });

  test("search finds what was said in any thread, and leads to it", async () => {
    await makeThread("hello there, quicksilver");
    const { page } = await app.signedIn();
    await page.keyboard.press("/");
    await page.keyboard.type("quicksilver");
    const found = page.getByRole("region", { name: "Found in threads" });
    await found.locator("mark").getByText("quicksilver").first().waitFor();
    expect(page.url()).toContain("/search?q=quicksilver");
    await found.getByRole("link").first().click();
    await page.waitForURL(/\/t\//);
    await page.goBack();
    await found.locator("mark").first().waitFor();
  });

  test("a search is gone through by keys: from the field to the first result, among them, and back", async () => {
    await makeThread("hello **bold** quicksilver", "Quicksilver one");
    await makeThread("hello `code` quicksilver", "Quicksilver two");
    const { page } = await app.signedIn();
    await page.keyboard.press("/");
    await page.keyboard.type("quicksilver");
    const said = page.getByRole("region", { name: "Found in threads" });
    await said.locator("mark").first().waitFor();
    const at = () =>
      page.evaluate(() =>
        [...document.querySelectorAll("[data-results] a")].findIndex((link) => link === document.activeElement),
      );
    await page.keyboard.press("Enter");
    expect(await at()).toBe(0);
    await page.keyboard.press("ArrowDown");
    expect(await at()).toBe(1);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("search");
    await page.keyboard.press("ArrowDown");
    expect(await at()).toBe(0);
    // What was written is told without the marks that it was written with.
    expect(await said.textContent()).toContain("hello bold quicksilver");
    expect(await said.textContent()).toContain("hello code quicksilver");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/t\//);
    await page.goto(`${app.server.url}/search?q=zzzzzz`);
    await page.getByText("Nothing that was said or done").waitFor();
    expect(await page.getByRole("heading", { name: "Found in threads" }).count()).toBe(0);
  });

  test("a thread that is not there is told in plain words", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/t/nosuch`);
    await page.getByText("There is no such thread here").waitFor();
    expect(await page.getByText("topic").count()).toBe(0);
  });

  test("on a phone: the list is a page, a thread is the next one, and back leads to the list", async () => {
    const thread = await makeThread("hello", "On a phone");
    const { page } = await app.signedIn(PHONE);
    expect(await page.getByRole("heading", { name: "Threads" }).count()).toBe(1);
    await page.locator(`[data-thread="${thread}"]`).tap();
    await page.waitForURL(/\/t\//);
    expect(await rows(page).count()).toBe(0);
    await page.getByRole("button", { name: "Back" }).tap();
    await page.locator(`[data-thread="${thread}"]`).waitFor();
  });
});
