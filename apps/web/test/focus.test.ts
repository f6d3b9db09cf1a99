import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { DOT } from "./support/picture.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 2 });
afterEach(() => app.finish());

/** What has the focus, in a word: its name, its text, or what it is. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement ?? document.body;
    if (at === document.body) return "nothing";
    return ["main", "search"].includes(at.id) ? at.id : (at.getAttribute("aria-label") ?? at.textContent?.trim() ?? "");
  });

/** Resolves once what is called that has the focus. */
async function focusIs(page: Page, name: string | RegExp): Promise<void> {
  const deadline = Date.now() + 20_000;
  let seen = await focused(page);
  while (!(typeof name === "string" ? seen === name : name.test(seen)) && Date.now() < deadline) {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    seen = await focused(page);
  }
  expect(seen).toMatch(typeof name === "string" ? new RegExp(`^${RegExp.escape(name)}$`) : name);
}

/** A thread that is open, with a turn that waits for an answer and what is queued behind it. */
async function withQueue(...texts: string[]): Promise<{ page: Page; thread: string }> {
  const thread = await makeThread(app, ["ask", ...texts]);
  const { page } = await app.signedIn();
  await openThread(page, app, thread);
  await page.getByRole("button", { name: /prompts? queued/ }).press("Enter");
  await page
    .getByRole("tabpanel")
    .getByText(texts[0] ?? "")
    .waitFor();
  return { page, thread };
}

/** A thread that is open, with one turn that has ended. */
async function idle(): Promise<{ page: Page; thread: string }> {
  const thread = await makeThread(app, ["hello"]);
  const { page } = await app.signedIn();
  await openThread(page, app, thread);
  await turnsEnded(page, 1);
  return { page, thread };
}

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().press("Enter");

describe.skipIf(!app.available)("in a thread the focus goes on from", () => {
  test("a queued prompt that was edited, or not, to its Edit; one that was dropped, to the next", async () => {
    const { page } = await withQueue("first", "second");
    for (const key of ["Escape", "Control+Enter"]) {
      await press(page, "Edit");
      await page.getByLabel("Queued prompt").fill(`first ${key}`);
      await page.keyboard.press(key);
      await page.getByLabel("Queued prompt").waitFor({ state: "detached" });
      await focusIs(page, "Edit");
    }
    await press(page, "Edit");
    await press(page, "Cancel");
    await focusIs(page, "Edit");
    await press(page, "Drop");
    await page.getByRole("tabpanel").getByText("first Control+Enter").waitFor({ state: "detached" });
    await focusIs(page, "Drop");
    await page.keyboard.press("Enter");
    await focusIs(page, /^Nothing waits/);
  });

  test("the panel, closed, to what opened it; from a tab that goes, to the one that comes", async () => {
    const { page } = await withQueue("first");
    await page.getByRole("button", { name: "Edit" }).focus();
    await page.keyboard.press("1");
    await focusIs(page, "Plan");
    await page.getByRole("complementary").getByRole("button", { name: "Close panel" }).press("Enter");
    await focusIs(page, /1 prompt queued/);
    await press(page, "Plan, changes, queue, details");
    await page.getByRole("tab", { name: "Plan", selected: true }).press("p");
    await focusIs(page, "Plan, changes, queue, details");
  });

  test("a mode that was chosen to its button", async () => {
    const { page } = await idle();
    await press(page, /^Mode/);
    await page.getByRole("menuitemradio", { name: "Auto" }).press("Enter");
    await page.getByRole("button", { name: "Mode: Auto" }).waitFor();
    await focusIs(page, "Mode: Auto");
  });

  test("Send and Stop to the prompt box", async () => {
    const { page } = await idle();
    await promptBox(page).fill("long 100000");
    await press(page, "Send");
    await focusIs(page, "Prompt");
    await page.getByText("Demo line 5 of").waitFor();
    await press(page, "Stop");
    await page.getByText(/· stopped/).waitFor();
    await focusIs(page, "Prompt");
  });

  test("a file that was taken out to the next, and from the last to the prompt box", async () => {
    const { page } = await idle();
    await page.getByLabel("Files to attach").setInputFiles([DOT, { ...DOT, name: "two.png" }]);
    await page.getByRole("button", { name: "Remove two.png" }).waitFor();
    await press(page, "Remove dot.png");
    await focusIs(page, "Remove two.png");
    await page.keyboard.press("Enter");
    await focusIs(page, "Prompt");
  });

  test("a prompt, and a Stop, that was taken back to the prompt box", async () => {
    const thread = await makeThread(app, ["long 100000"]);
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await page.getByText("Demo line 5 of").waitFor();
    await context.setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    await press(page, "Stop");
    await press(page, "Take it back");
    await focusIs(page, "Prompt");
    await promptBox(page).fill("too soon");
    await page.keyboard.press("Enter");
    await press(page, "Take back");
    await focusIs(page, "Prompt");
    expect(await promptBox(page).inputValue()).toBe("too soon");
  });

  test("one that is put away to the page that comes, and from one that comes back to its prompt box", async () => {
    const { page, thread } = await idle();
    await press(page, "More");
    await page.getByRole("menuitem", { name: "Archive" }).press("Enter");
    await page.waitForURL(`${app.server.url}/`);
    await focusIs(page, /^(main|First prompt)$/);
    await openThread(page, app, thread);
    await press(page, "Take it out of the archive");
    await focusIs(page, "Prompt");
  });

  test("a picture or a diff that was shown large to what showed it", async () => {
    const { page } = await idle();
    await page.getByLabel("Files to attach").setInputFiles(DOT);
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await press(page, "Send");
    await turnsEnded(page, 2);
    await press(page, "dot.png: show large");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await focusIs(page, "dot.png: show large");
  });
});

describe.skipIf(!app.available)("elsewhere the focus goes on from", () => {
  test("a device that was renamed, or not, or not revoked, to the button it began at; from a revoked one to the next", async () => {
    await app.signedIn();
    await app.signedIn();
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await live(page);
    const others = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Revoke/ }) });
    const row = others.filter({ hasNotText: "this device" }).filter({ hasNotText: "command line" }).first();
    for (const leave of ["Escape", "Enter"]) {
      await row.getByRole("button", { name: /^Rename/ }).press("Enter");
      await page.getByLabel("Name of the device").fill("AAA phone");
      await page.keyboard.press(leave);
      await focusIs(page, leave === "Enter" ? "Rename AAA phone" : /^Rename/);
    }
    await press(page, "Rename AAA phone");
    await press(page, "Cancel");
    await focusIs(page, "Rename AAA phone");
    await press(page, "Rename AAA phone");
    await page.getByLabel("Name of the device").fill("BBB phone");
    await press(page, "Save");
    await focusIs(page, "Rename BBB phone");
    await press(page, "Revoke BBB phone");
    await focusIs(page, "Keep");
    await page.keyboard.press("Enter");
    await focusIs(page, "Revoke BBB phone");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Revoke", exact: true }).press("Enter");
    await page.getByText("BBB phone can no longer sign in.").waitFor();
    await page.getByRole("button", { name: "Rename BBB phone" }).waitFor({ state: "detached" });
    await focusIs(page, /^Revoke /);
  });

  test("Sign in another device to the code that it made", async () => {
    const { page } = await app.signedIn();
    await page.goto(`${app.server.url}/settings`);
    await press(page, "Sign in another device");
    await page.getByAltText("The link as a QR code").waitFor();
    await focusIs(page, "Sign in another device");
    await page.keyboard.press("Tab");
    await focusIs(page, /\/pair#/);
  });

  test("a search's field to its button, which keeps it when the page comes", async () => {
    const { page } = await app.signedIn();
    // By keys, in the moment before what was typed becomes the address.
    await page.getByRole("searchbox").evaluate(async (field) => {
      (field as HTMLElement).focus();
      document.execCommand("insertText", false, "many");
      await new Promise(requestAnimationFrame);
      field.closest("form")?.querySelector("button")?.focus();
    });
    await page.waitForURL("**/search?q=many");
    await page.locator("main[aria-label='Search: many']").waitFor();
    await focusIs(page, "Clear the search");
    await page.keyboard.press("Enter");
    await focusIs(page, "search");
    await page.waitForURL("**/search");
  });

  test("a search that was cleared to its field, and from More to what came", async () => {
    const client = await app.server.client();
    const titles = Array.from({ length: 52 }, (_, at) => `Many ${at}`);
    for (const title of titles) await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title });
    const { page } = await app.signedIn();
    await page.getByRole("searchbox").fill("many");
    await press(page, "Clear the search");
    await focusIs(page, "search");
    // What was typed becomes the address in a moment, and a page that comes takes the focus of who is not typing.
    await page.getByText("Type what was said").waitFor();
    const more = page.getByRole("button", { name: /\d+ more/ });
    await more.press("Enter");
    await more.waitFor({ state: "detached" });
    const at = await page.evaluate(() => {
      const row = document.activeElement?.closest("li");
      return [...(row?.parentElement?.children ?? [])].findIndex((each) => each === row);
    });
    expect(at).toBe(50);
  });
});
