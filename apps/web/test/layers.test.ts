import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, live, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

const MEDIUM = { viewport: { width: 900, height: 800 } };
const palette = (page: Page) => page.getByRole("dialog", { name: "Commands" });
const panel = (page: Page) => page.getByRole("dialog", { name: "About this thread" });

/** Whether the focus is in what a selector finds. */
const isWithin = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((where) => document.activeElement?.closest(where) != null, selector);

/** Chooses in the palette, which is open then, by some letters. */
async function choose(page: Page, typed: string, option: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.type(typed);
  await page.locator("[role=option][aria-selected=true]").getByText(option, { exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await palette(page).waitFor({ state: "detached" });
}

describe.skipIf(!app.available)("⌘K over what lies over the page", () => {
  test("opens the palette over all changes, which are there again, or not, as one chooses", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const other = await makeThread(app, ["hello"]);
    await (await app.server.client()).command("thread.rename", { thread: other, title: "Elsewhere" });
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 2);
    await page.locator("#main").focus();
    await page.keyboard.press("c");
    await page.locator("[data-file]").first().waitFor();
    await page.keyboard.press("Control+k");
    await palette(page).waitFor();
    // What is done in the thread below would be done out of sight.
    expect(await page.getByRole("option", { name: "Rename" }).count()).toBe(0);
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await palette(page).waitFor({ state: "detached" });
    expect(page.url()).toEndWith(`/t/${thread}/changes`);
    await page.locator("[data-file]").first().waitFor();
    await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]") != null);
    await choose(page, "elsewhere", "Elsewhere");
    await page.waitForURL(`**/t/${other}`);
    await turnsEnded(page, 1);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.goBack();
    await page.waitForURL(`**/t/${thread}/changes`);
    await page.locator("[data-file]").first().waitFor();
    // To where one types: what is typed on is there.
    await choose(page, "search every", "Search everything");
    await page.waitForURL("**/search");
    await page.keyboard.type("quick");
    await page.waitForURL("**/search?q=quick");
  });

  test("over the panel's sheet; digits go from tab to tab there, and close it", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(MEDIUM);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.locator("#main").focus();
    await page.keyboard.press("p");
    await panel(page).waitFor();
    for (const [key, name] of [
      ["2", "Changes"],
      ["3", "Queue"],
      ["4", "Details"],
      ["1", "Plan"],
    ] as const) {
      await page.keyboard.press(key);
      await panel(page).getByRole("tab", { name, selected: true }).waitFor();
    }
    await page.keyboard.press("Control+k");
    await palette(page).waitFor();
    await page.keyboard.press("Control+k");
    await palette(page).waitFor({ state: "detached" });
    await panel(page).waitFor();
    await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]") != null);
    await page.keyboard.press("1");
    await panel(page).waitFor({ state: "detached" });
    expect(await isWithin(page, "#main")).toBe(true);
    await page.keyboard.press("p");
    await panel(page).waitFor();
    await page.keyboard.press("p");
    await panel(page).waitFor({ state: "detached" });
    // To another page: the sheet goes with the thread, and back leads to that in one step.
    await page.keyboard.press("p");
    await panel(page).waitFor();
    await choose(page, "new thread", "New thread");
    await page.waitForURL("**/new");
    await page.keyboard.type("typed on");
    expect(await page.getByLabel("First prompt").inputValue()).toBe("typed on");
    await page.getByLabel("First prompt").fill("");
    await page.goBack();
    await page.waitForURL(`**/t/${thread}`);
    await page.locator("[data-timeline]").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });
});

test.skipIf(!app.available)("⌘K in an open menu does nothing, neither here nor to the browser", async () => {
  const thread = await makeThread(app, ["hello"]);
  const { page } = await app.signedIn();
  await openThread(page, app, thread);
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menu").waitFor();
  await page.evaluate(() => {
    window.addEventListener("keydown", ({ key, defaultPrevented }) => {
      if (key === "k") document.body.dataset["prevented"] = String(defaultPrevented);
    });
  });
  await page.keyboard.press("Control+k");
  expect(await page.evaluate(() => document.body.dataset["prevented"])).toBe("true");
  expect(await page.getByRole("menu").count()).toBe(1);
});

describe.skipIf(!app.available)("the palette", () => {
  test("makes the code for another device, and gives it the focus, on Settings as elsewhere; once", async () => {
    const { page } = await app.signedIn();
    const code = page.getByRole("region", { name: "Sign in another device" });
    for (const path of ["/settings", "/"]) {
      await page.goto(app.server.url + path);
      await live(page);
      await choose(page, "another device", "Sign in another device");
      await code.waitFor();
      expect(page.url()).toBe(`${app.server.url}/settings`);
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Sign in another device");
    }
    // Asked for again it is the same, in sight.
    const said = await code.textContent();
    await page.locator("#main").focus();
    await choose(page, "another device", "Sign in another device");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Sign in another device");
    expect(await code.textContent()).toBe(said);
    await page.reload();
    await page.getByRole("button", { name: "Sign in another device" }).waitFor();
    expect(await code.count()).toBe(0);
  });

  test("tells screen readers which choice is marked, by whatever it came to be", async () => {
    const client = await app.server.client();
    for (const title of ["Marked one", "Marked two", "Marked three"]) {
      await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title });
      // Of two of one millisecond neither is the newer one.
      for (const made = Date.now(); Date.now() === made;) await Bun.sleep(1);
    }
    const { page } = await app.signedIn();
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: "Marked one" }).waitFor();
    const isTold = (text: string) =>
      page.waitForFunction((wanted) => {
        const [marked] = document.querySelectorAll("[role=option][aria-selected=true]");
        const told = document.activeElement?.getAttribute("aria-activedescendant");
        return marked !== undefined && told === marked.id && marked.textContent?.includes(wanted);
      }, text);
    await isTold("Marked three");
    await page.keyboard.type("marked");
    await isTold("Marked three");
    await page.keyboard.press("ArrowDown");
    await isTold("Marked two");
    await page.keyboard.press("Backspace");
    await isTold("Marked three");
    await page.keyboard.type("zzzz");
    await isTold("Search everything for");
    expect(await axeFaults(page)).toEqual([]);
  });

  test("makes no step to the page that is open", async () => {
    const { page } = await app.signedIn();
    await page.getByRole("link", { name: "Settings" }).click();
    await choose(page, "settings", "Settings");
    await page.waitForFunction(() => !(history.state as { layers?: number } | null)?.layers);
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);
  });

  test("is a button on a phone's first page, under a finger", async () => {
    const thread = await makeThread(app, ["hello"]);
    await (await app.server.client()).command("thread.rename", { thread, title: "By a finger" });
    const { page, context } = await app.signedIn(PHONE);
    const network = await cuttable(page);
    await page.reload();
    await live(page);
    const button = page.getByRole("button", { name: "Commands" });
    const box = await button.boundingBox();
    expect([box?.width, box?.height]).toEqual([44, 44]);
    await button.tap();
    await palette(page).getByRole("option", { name: "By a finger" }).tap();
    await page.waitForURL(`**/t/${thread}`);
    await turnsEnded(page, 1);
    // There is room for it also beside the longest that the connection has to say.
    await context.setOffline(true);
    await network.cut();
    for (const text of ["one", "two"]) {
      await promptBox(page).fill(text);
      await page.getByRole("button", { name: "Send", exact: true }).tap();
    }
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);
    const badge = page.getByRole("button", { name: "offline, 2 to send" });
    await badge.waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const boxes = await page
      .locator("header button")
      .evaluateAll((buttons) => buttons.map((each) => each.getBoundingClientRect().toJSON() as DOMRect));
    for (const [index, { left, right }] of boxes.entries()) {
      expect(left).toBeGreaterThanOrEqual(boxes[index - 1]?.right ?? 0);
      expect(right).toBeLessThanOrEqual(360);
    }
  });
});
