import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const firstPrompt = (page: Page) => page.getByLabel("First prompt");
const title = (page: Page) => page.getByRole("textbox", { name: "Title of the thread" });

/**
 * A key as a browser tells it of an input method: by `isComposing`, or as Safari does of the one that ends the
 * composition, by its code alone.
 */
const pressComposing = (page: Page, key: string, how: "isComposing" | "code 229"): Promise<boolean> =>
  page.evaluate(
    ([name, by]) => {
      const event = new KeyboardEvent("keydown", {
        key: name,
        code: name,
        isComposing: by === "isComposing",
        keyCode: 229,
        bubbles: true,
        cancelable: true,
      });
      return document.activeElement?.dispatchEvent(event) ?? false;
    },
    [key, how] as const,
  );

describe.skipIf(!app.available)("the directory of a new thread", () => {
  test("stays as it is at Escape, whether a list is open or not", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/new`);
    const directory = page.getByLabel("Directory");
    for (const value of [app.server.cwd, `${app.server.cwd}/nowhere`]) {
      await directory.fill(value);
      await directory.press("Escape");
      await directory.press("Escape");
      expect(await directory.inputValue()).toBe(value);
    }
  });

  test("is asked for where there is none, and home is not taken for it", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/new`);
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    const directory = page.getByLabel("Directory");
    await directory.fill("");
    await page.getByText("Say in which directory the agent is to work.").waitFor();
    await firstPrompt(page).fill("hello");
    await firstPrompt(page).press("Enter");
    expect(await directory.evaluate((each) => each === document.activeElement)).toBe(true);
    expect(await directory.getAttribute("aria-invalid")).toBe("true");
    expect(new URL(page.url()).pathname).toBe("/new");
    expect(await firstPrompt(page).inputValue()).toBe("hello");
    // After a reload it has not been forgotten, nor taken for what stands there at first.
    await page.reload();
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    expect(await directory.inputValue()).toBe("");
    await directory.fill(app.server.cwd);
    await directory.press("Enter");
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
  });
});

describe.skipIf(!app.available)("while an input method composes", () => {
  for (const how of ["isComposing", "code 229"] as const) {
    test(`Enter sends no prompt and starts no thread (${how})`, async () => {
      const thread = await makeThread(app, ["hello"]);
      const { page } = await app.signedIn();
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await promptBox(page).fill("half wri");
      await pressComposing(page, "Enter", how);
      expect(await promptBox(page).inputValue()).toBe("half wri");
      await page.goto(`${app.server.url}/new`);
      await page.getByLabel("Directory").fill(app.server.cwd);
      await firstPrompt(page).fill("half wri");
      await pressComposing(page, "Enter", how);
      await page.getByRole("button", { name: "Start thread" }).waitFor();
      expect(await firstPrompt(page).inputValue()).toBe("half wri");
      await firstPrompt(page).fill("");
    });

    test(`Enter and Escape leave a title, a device's name and the search where they are (${how})`, async () => {
      const thread = await makeThread(app, ["hello"]);
      const { page } = await app.signedIn();
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.getByRole("heading", { level: 1 }).getByRole("button").click();
      await title(page).fill("a half wri");
      await pressComposing(page, "Escape", how);
      await pressComposing(page, "Enter", how);
      expect(await title(page).inputValue()).toBe("a half wri");
      await title(page).press("Escape");

      await page.getByRole("searchbox").fill("hello");
      await page.locator("[data-results] a").first().waitFor();
      await pressComposing(page, "Enter", how);
      await pressComposing(page, "ArrowDown", how);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("search");

      await page.goto(`${app.server.url}/settings`);
      await page
        .getByRole("button", { name: /^Rename/ })
        .first()
        .click();
      const name = page.getByRole("textbox", { name: "Name of the device" });
      await name.fill("half wri");
      await pressComposing(page, "Escape", how);
      await pressComposing(page, "Enter", how);
      expect(await name.inputValue()).toBe("half wri");
    });
  }

  test("Escape and Enter leave what is written on in the queue, and the palette, where they are", async () => {
    const thread = await makeThread(app, ["ask", "later"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByRole("button", { name: "1 prompt queued" }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const field = page.getByRole("textbox", { name: "Queued prompt" });
    await field.fill("half wri");
    await pressComposing(page, "Escape", "code 229");
    expect(await field.inputValue()).toBe("half wri");
    await field.press("Escape");
    await page.keyboard.press("ControlOrMeta+k");
    const palette = page.getByRole("dialog", { name: "Commands" });
    await palette.getByRole("combobox").fill("settings");
    for (const how of ["isComposing", "code 229"] as const) await pressComposing(page, "Enter", how);
    await pressComposing(page, "Escape", "isComposing");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await palette.getByRole("combobox").inputValue()).toBe("settings");
  });
});

describe.skipIf(!app.available)("a search longer than the server takes", () => {
  test("is cut in the field, which says so", async () => {
    const { page } = await app.signedIn();
    const field = page.getByRole("searchbox");
    await field.focus();
    await page.evaluate(() => document.execCommand("insertText", false, "word ".repeat(400)));
    expect((await field.inputValue()).length).toBe(1000);
    await page.getByText("Only the first 1,000 characters are searched for.").waitFor();
    await page.getByText("Nothing that was said or done has").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  test("is cut where it comes with the address too", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/search?q=${"x".repeat(1200)}`);
    await live(page);
    await page.getByText("Only the first 1,000 characters are searched for.").waitFor();
    await page.getByText("Nothing that was said or done has").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    expect((await page.getByRole("searchbox").inputValue()).length).toBe(1000);
  });
});
