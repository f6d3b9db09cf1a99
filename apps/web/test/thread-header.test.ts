import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, live, PHONE } from "./support/app.ts";
import { scriptedAgent } from "../../../test/support/scripted-agent.ts";
import type { Page } from "./support/browser.ts";
import { late } from "./support/late.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

/** A thread with one turn, under a title. */
async function titled(title: string): Promise<string> {
  const thread = await makeThread(app, ["hello"]);
  await (await app.server.client()).command("thread.rename", { thread, title });
  return thread;
}

async function renameByMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
}

async function renameByKeys(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.locator("[role=menuitem][data-highlighted]").getByText("Rename").waitFor();
  await page.keyboard.press("Enter");
}

async function renameByPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("rename");
  await page.getByRole("option", { name: "Rename R" }).waitFor();
  await page.keyboard.press("Enter");
}

const TITLE = "Where the retry delay is computed, and why";

describe.skipIf(!app.available)("a thread's header", () => {
  for (const width of [1440, 900]) {
    test(`the title is whole where there is room (${width} px), and its focus ring too`, async () => {
      const thread = await titled(width === 1440 ? TITLE : "Where the delay is");
      const { page } = await app.signedIn({ viewport: { width, height: 800 } });
      await openThread(page, app, thread);
      const button = page.getByRole("heading", { level: 1 }).getByRole("button");
      await button.waitFor();
      expect(await button.evaluate((each) => each.scrollWidth <= each.clientWidth)).toBe(true);
      // Nothing around it cuts what is drawn outside its edge.
      const cut = await button.evaluate((each) => getComputedStyle(each.parentElement ?? each).overflow);
      expect(cut).toBe("visible");
      expect(await button.getAttribute("title")).toBe(await button.textContent());
    });
  }

  for (const width of [1100, 1280]) {
    test(`with the panel open nothing lies over anything, and all can be reached (${width} px)`, async () => {
      const exec = scriptedAgent({
        session: {
          modes: {
            currentModeId: "a",
            availableModes: [
              { id: "a", name: "Default" },
              { id: "b", name: "Plan" },
            ],
          },
          configOptions: [
            {
              id: "model",
              name: "Model",
              category: "model",
              type: "select",
              currentValue: "l",
              options: [
                { value: "l", name: "Default (recommended)" },
                { value: "s", name: "Small" },
              ],
            },
          ],
        },
        prompts: [
          [
            {
              update: {
                sessionUpdate: "usage_update",
                used: 83_000,
                size: 200_000,
                cost: { amount: 2.35, currency: "USD" },
              },
            },
            { text: "Done." },
          ],
        ],
      });
      const thread = await makeThread(app, ["go"], exec);
      await (await app.server.client()).command("thread.rename", { thread, title: "Mend the reconnect storm" });
      const { page } = await app.signedIn({ viewport: { width, height: 800 } });
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.locator("#main").focus();
      await page.keyboard.press("4");
      await page.getByRole("tab", { name: "Details", selected: true }).waitFor();
      const parts = await page.locator("header").evaluate((header) => {
        const shown = [...header.querySelectorAll("h1, button, [data-connection], [role=meter]")];
        const boxes = shown.filter((each) => !each.matches("h1 *")).map((each) => each.getBoundingClientRect());
        return boxes.filter(({ width: wide }) => wide > 0).map(({ left, right }) => ({ left, right }));
      });
      const end = await page.locator("header").evaluate((header) => header.getBoundingClientRect().right);
      for (const [index, { left }] of parts.entries()) {
        expect(left).toBeGreaterThanOrEqual(index === 0 ? 0 : (parts[index - 1]?.right ?? 0));
      }
      expect(parts.at(-1)?.right).toBeLessThanOrEqual(end);
      expect((parts[0]?.right ?? 0) - (parts[0]?.left ?? 0)).toBeGreaterThan(80);
      await page.getByRole("button", { name: "Mode: Default" }).click();
      await page.getByRole("menuitemradio", { name: "Plan" }).waitFor();
    });
  }

  test("of the directory its end is to be seen, or nothing where there is too little room", async () => {
    const seen = async (title: string): Promise<number> => {
      const thread = await titled(title);
      const { page } = await app.signedIn({ viewport: { width: 900, height: 800 } });
      await openThread(page, app, thread);
      await page.getByRole("heading", { level: 1 }).getByText(title).waitFor();
      const end = page.locator("header").getByText("/project", { exact: true });
      return end.evaluate((each) => {
        const [own, box] = [each.getBoundingClientRect(), each.closest("header > div > div")?.getBoundingClientRect()];
        return own.right <= (box?.right ?? 0) + 1 ? own.width : -1;
      });
    };
    expect(await seen("Short")).toBeGreaterThan(30);
    expect(await seen(`${TITLE}. ${TITLE}. ${TITLE}`)).toBe(0);
  });

  test("renamed, or not, the title has the focus again", async () => {
    const thread = await titled("Before");
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await openThread(page, app, thread);
    const heading = page.getByRole("heading", { level: 1 });
    // The new title is there before the server has said a word of it.
    server.keepBack();
    for (const key of ["Enter", "Escape"]) {
      await heading.getByRole("button").click();
      await page.getByLabel("Title of the thread").fill(`After ${key}`);
      await page.keyboard.press(key);
      await page.waitForFunction(() => document.activeElement?.closest("h1") != null);
    }
    expect(await heading.textContent()).toBe("After Enter");
    server.letThrough();
    await page.locator(`[data-thread="${thread}"]`).getByText("After Enter").waitFor();
    expect(await heading.textContent()).toBe("After Enter");
  });

  for (const [by, size, begin] of [
    ["the key", {}, async (page) => page.keyboard.press("r")],
    ["the menu", {}, (page) => renameByMenu(page)],
    ["the menu, by keys", {}, (page) => renameByKeys(page)],
    ["a phone's menu", PHONE, (page) => renameByMenu(page)],
    ["the palette", {}, (page) => renameByPalette(page)],
  ] satisfies [string, object, (page: Page) => Promise<void>][]) {
    test(`what is typed once the title is a field is the title, by ${by}`, async () => {
      const thread = await titled("Before");
      const { page } = await app.signedIn(size);
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.locator("#main").focus();
      // The first letter comes in the moment in which the field is there.
      await page.evaluate(() => {
        const seen = new MutationObserver(() => {
          const field = document.querySelector<HTMLInputElement>("input[aria-label='Title of the thread']");
          if (field === null) return;
          seen.disconnect();
          document.execCommand("insertText", false, "M");
        });
        seen.observe(document.body, { childList: true, subtree: true });
      });
      await begin(page);
      const field = page.getByLabel("Title of the thread");
      await field.waitFor();
      await page.keyboard.type("y new title", { delay: 25 });
      expect(await field.inputValue()).toBe("My new title");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "My new title" }).waitFor();
    });
  }

  test("on a phone: a dot for the connection, the end of the path, and all the width for a new title", async () => {
    const thread = await titled(TITLE);
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    const badge = page.locator("[data-connection]");
    expect((await badge.boundingBox())?.width).toBeLessThan(45);
    const path = page.locator("header p");
    expect(await path.textContent()).toMatch(/^…\/(?:.*\/)?project$/);
    expect(
      await path.evaluate((each) => [getComputedStyle(each).direction, each.scrollWidth <= each.clientWidth]),
    ).toEqual(["ltr", true]);
    const title = await page.getByRole("heading", { level: 1 }).boundingBox();
    expect(title?.width).toBeGreaterThan(130);
    await page.getByRole("button", { name: "More", exact: true }).tap();
    await page.getByRole("menuitem", { name: "Rename" }).tap();
    const field = page.getByLabel("Title of the thread");
    await field.waitFor();
    expect((await field.boundingBox())?.width).toBeGreaterThan(240);
    expect(await badge.isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    await badge.waitFor();
  });

  test("an archived thread says so, and how it comes back; its switches say why they do not work", async () => {
    const thread = await titled("Put away");
    const client = await app.server.client();
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await client.command("thread.archive", { thread, archived: true });
    const strip = page.getByRole("region", { name: "Archived", exact: true });
    await strip.waitFor();
    const mode = page.getByRole("button", { name: /Mode: Ask/ });
    await mode.focus();
    await page.getByText(/archived: take it out/).waitFor();
    expect(await mode.getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Escape");
    await page.getByText(/archived: take it out/).waitFor({ state: "detached" });
    expect(await axeFaults(page)).toEqual([]);
    await strip.getByRole("button", { name: "Take it out of the archive" }).click();
    await strip.waitFor({ state: "detached" });
    expect(await promptBox(page).isEnabled()).toBe(true);
    expect(await mode.getAttribute("aria-disabled")).toBeNull();
  });

  test("the list's archive is a fold that shows it is one", async () => {
    const thread = await titled("Put away as well");
    await (await app.server.client()).command("thread.archive", { thread, archived: true });
    const { page } = await app.signedIn();
    await page
      .getByRole("button", { name: /Archived/ })
      .first()
      .locator("svg")
      .waitFor();
  });
});
