import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { App, PHONE } from "./support/app.ts";
import { DOT } from "./support/picture.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { scriptedAgent, type Step } from "../../../test/support/scripted-agent.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

/** Chooses an action of the palette by some of its letters. */
async function choose(page: Page, typed: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.type(typed);
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Commands" }).waitFor({ state: "detached" });
}

describe.skipIf(!app.available)("what can be done with a thread, from the palette", () => {
  test("an export that needs the server says so while it is out of reach, and is made once it is back", async () => {
    const step = (at: number): Step[] => [
      { update: { sessionUpdate: "tool_call", toolCallId: `${at}`, status: "completed", kind: "read", title: "Look" } },
      { text: `Item ${at}.\n\n`, times: 5 },
    ];
    const steps = Array.from({ length: 400 }, (_, at) => step(at)).flat();
    const thread = await makeThread(app, [JSON.stringify(steps)], scriptedAgent());
    const { page } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    await choose(page, "export markdown");
    await page.getByText("The export is made once the server is back").waitFor();
    network.mend();
    const file = await page.waitForEvent("download");
    expect(await Bun.file(await file.path()).text()).toContain("Item 0.");
  });

  test("rename, mode, panel, link, archive and back", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, context } = await app.signedIn();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await choose(page, "rename");
    await page.getByLabel("Title of the thread").fill("By the palette");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "By the palette" }).waitFor();
    await choose(page, "mode auto");
    await page.getByRole("button", { name: /Mode: Auto/ }).waitFor();
    await choose(page, "show the details");
    await page.getByRole("tab", { name: "Details", selected: true }).waitFor();
    await choose(page, "copy link");
    await page.getByText("The link was copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${app.server.url}/t/${thread}`);
    const [file] = await Promise.all([page.waitForEvent("download"), choose(page, "export markdown")]);
    expect(file.suggestedFilename()).toEndWith(".md");
    await choose(page, "archive");
    await page.waitForURL(`${app.server.url}/`);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("The thread is back.").waitFor();
  });

  test("archiving a thread whose agent is at work says that it was stopped, and can be undone", async () => {
    const thread = await makeThread(
      app,
      ["work"],
      scriptedAgent({ prompts: [[{ text: "Working." }, { wait: "cancel" }]] }),
    );
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.locator("[data-timeline]").getByText("Working.").waitFor();
    await choose(page, "archive");
    await page.getByText("The thread was archived, and its agent was stopped.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("The thread is back.").waitFor();
  });

  test("what does not apply is not there: no stop without a turn, no resume of what was not interrupted", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.keyboard.press("Control+k");
    for (const name of ["Rename", "Archive"]) await page.getByRole("option", { name, exact: false }).first().waitFor();
    for (const name of ["Stop the running turn", "Resume", "Go to what the agent asks"]) {
      expect(await page.getByRole("option", { name }).count()).toBe(0);
    }
    await page.keyboard.press("Escape");
    await promptBox(page).fill("long 100000");
    await page.keyboard.press("Enter");
    await page.getByText("Demo line 5 of").waitFor();
    await choose(page, "stop");
    await page.getByText(/· stopped/).waitFor();
  });

  test("from thread to thread that waits, by key, and to what the agent asks", async () => {
    const [one, two] = [await makeThread(app, ["edit One"]), await makeThread(app, ["edit Two"])];
    const { page } = await app.signedIn();
    await page
      .getByRole("region", { name: /Needs you/ })
      .locator(`[data-thread="${one}"]`)
      .waitFor();
    await page
      .getByRole("region", { name: /Needs you/ })
      .locator(`[data-thread="${two}"]`)
      .waitFor();
    await page.locator("#main").focus();
    await page.keyboard.press("w");
    await page.waitForURL(/\/t\//);
    const first = page.url();
    await page.locator("[data-timeline]").waitFor();
    await page.keyboard.press("w");
    await page.waitForURL((url) => url.href !== first);
    await page.getByRole("region", { name: /asks for leave/ }).waitFor();
    await choose(page, "asks");
    await page.waitForFunction(() => document.activeElement?.querySelector("[data-request]") != null);
  });
});

describe.skipIf(!app.available)("the panel by keys", () => {
  test("P opens and closes it, digits its tabs", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.locator("#main").focus();
    await page.keyboard.press("p");
    await page.getByRole("tab", { name: "Plan", selected: true }).waitFor();
    for (const [key, name] of [
      ["2", "Changes"],
      ["3", "Queue"],
      ["4", "Details"],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole("tab", { name, selected: true }).waitFor();
    }
    await page.keyboard.press("4");
    await page.getByRole("tab").first().waitFor({ state: "detached" });
    await page.keyboard.press("p");
    await page.getByRole("tab", { name: "Details", selected: true }).waitFor();
  });

  test("an open menu has the keys to itself", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("n");
    await page.keyboard.press("p");
    expect(page.url()).toContain(`/t/${thread}`);
    expect(await page.getByRole("tab").count()).toBe(0);
  });
});

describe.skipIf(!app.available)("back on a phone", () => {
  test("closes the sheet, and what is shown large; then it leaves the page", async () => {
    const thread = await makeThread(app, ["Find out why.", "Do it, please."], showcaseAgent());
    const { page } = await app.signedIn(PHONE);
    await page.locator(`[data-thread="${thread}"]`).tap();
    await turnsEnded(page, 1);
    const panel = page.getByRole("dialog", { name: "About this thread" });
    const open = async (): Promise<void> => {
      await page.getByRole("button", { name: "Plan, changes, queue, details" }).tap();
      await panel.waitFor();
    };
    await open();
    await page.goBack();
    await panel.waitFor({ state: "detached" });
    expect(page.url()).toContain(`/t/${thread}`);

    // Closed otherwise it leaves nothing behind.
    await open();
    await panel.getByRole("button", { name: "Close panel" }).tap();
    await panel.waitFor({ state: "detached" });
    await page.waitForFunction(() => !(history.state as { layers?: number } | null)?.layers);

    // A picture shown large is a layer too.
    await page.getByLabel("Files to attach").setInputFiles(DOT);
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await page.getByRole("button", { name: "Send" }).tap();
    await page.getByRole("button", { name: "dot.png: show large" }).tap();
    await page.getByRole("dialog").getByAltText("dot.png").waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(page.url()).toContain(`/t/${thread}`);

    // A reload with it open is a page without it.
    await open();
    await page.reload();
    await page.locator("[data-timeline]").waitFor();
    await page.waitForFunction(() => !(history.state as { layers?: number } | null)?.layers);
    expect(await page.getByRole("dialog").count()).toBe(0);

    await page.goBack();
    await page.locator(`[data-thread="${thread}"]`).waitFor();
  });

  test("closes an open menu and an open list of choices, and leaves the page be", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(PHONE);
    const noLayer = () => page.waitForFunction(() => !(history.state as { layers?: number } | null)?.layers);
    await page.locator(`[data-thread="${thread}"]`).tap();
    await turnsEnded(page, 1);
    const more = page.getByRole("button", { name: "More" });
    for (const button of [more, page.getByRole("button", { name: /^Mode/ })]) {
      await button.tap();
      await page.getByRole("menu").waitFor();
      await page.goBack();
      await page.getByRole("menu").waitFor({ state: "detached" });
      expect(page.url()).toContain(`/t/${thread}`);
      expect(await button.evaluate((each) => each === document.activeElement)).toBe(true);
    }
    // Closed otherwise it leaves nothing behind: by a key, by a press elsewhere, by what was chosen.
    const closings = [
      () => page.keyboard.press("Escape"),
      () => page.touchscreen.tap(20, 400),
      () => page.getByRole("menuitem", { name: "Copy link" }).tap(),
    ];
    for (const close of closings) {
      await more.tap();
      await page.getByRole("menu").waitFor();
      await close();
      await page.getByRole("menu").waitFor({ state: "detached" });
      await noLayer();
    }
    await more.tap();
    await page.getByRole("menuitem", { name: "Rename" }).tap();
    await page.locator("header").getByRole("textbox").waitFor();
    await page.keyboard.press("Escape");
    await noLayer();
    // What goes to another page takes the menu's place: from there it is one step back.
    await more.tap();
    await page.getByRole("menuitem", { name: "Archive" }).tap();
    await page.waitForURL(`${app.server.url}/`);
    await page.goBack();
    await page.waitForURL(`**/t/${thread}`);
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);

    await page.getByRole("button", { name: "New thread" }).first().tap();
    await page.waitForURL("**/new");
    const mode = page.getByRole("combobox", { name: "Mode" });
    await mode.tap();
    await page.getByRole("listbox").waitFor();
    await page.goBack();
    await page.getByRole("listbox").waitFor({ state: "detached" });
    expect(page.url()).toBe(`${app.server.url}/new`);
    await mode.tap();
    await page.getByRole("option", { name: "Auto" }).tap();
    await mode.getByText("Auto").waitFor();
    await noLayer();
    await page.goBack();
    await page.waitForURL(`${app.server.url}/`);
  });

  test("by mouse, a menu takes nothing from what is forward", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await page.locator(`[data-thread="${thread}"]`).click();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.waitForURL("**/settings");
    await page.goBack();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.goForward();
    await page.waitForURL("**/settings");
  });

  test("from the palette to a page, and back, is one step", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await choose(page, "new thread");
    await page.waitForURL("**/new");
    await page.goBack();
    await page.waitForURL(`**/t/${thread}`);
    await page.goForward();
    await page.waitForURL("**/new");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForURL("**/new");
  });
});

describe.skipIf(!app.available)("a phone's keyboard", () => {
  test("laid over the page, as Safari does, it covers neither the prompt box nor a sheet", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(PHONE);
    await page.addInitScript(() => {
      const viewport = Object.assign(new EventTarget(), { height: 640, offsetTop: 0, scale: 1 });
      Object.defineProperty(window, "visualViewport", { value: viewport });
    });
    await openThread(page, app, thread);
    const keyboard = (height: number) =>
      page.evaluate((seen) => {
        Object.assign(window.visualViewport ?? {}, { height: seen });
        window.visualViewport?.dispatchEvent(new Event("resize"));
      }, 640 - height);
    const bottom = async (): Promise<number> => {
      const box = await promptBox(page).boundingBox();
      return (box?.y ?? 0) + (box?.height ?? 0);
    };
    await keyboard(300);
    expect(await bottom()).toBeLessThanOrEqual(340);
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).tap();
    const sheet = await page.getByRole("dialog").boundingBox();
    expect((sheet?.y ?? 0) + (sheet?.height ?? 0)).toBeLessThanOrEqual(340);
    expect(sheet?.y).toBeGreaterThanOrEqual(0);
    await page.goBack();
    await keyboard(0);
    expect(await bottom()).toBeGreaterThan(500);
  });

  test("toasts come at the top there, and cover nothing one writes in", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    const large = join(app.server.cwd, "large.txt");
    await Bun.write(large, Buffer.alloc(21 * 1024 * 1024, "x"));
    await page.getByLabel("Files to attach").setInputFiles(large);
    const toast = page.locator("[data-sonner-toast]");
    await toast.waitFor();
    await page.waitForFunction(() => {
      const { top, bottom } = document.querySelector("[data-sonner-toast]")?.getBoundingClientRect() ?? new DOMRect();
      return top >= 48 && bottom < 320;
    });
  });
});
