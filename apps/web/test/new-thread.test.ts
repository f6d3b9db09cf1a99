import { afterEach, describe, expect, test } from "bun:test";
import { App, axeFaults, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { swallowing } from "./support/cuttable.ts";
import { late } from "./support/late.ts";
import { exported, makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const prompt = (page: Page) => page.getByLabel("First prompt");

async function openForm(page: Page): Promise<void> {
  await page.goto(`${app.server.url}/new`);
  await page.getByLabel("Directory").fill(app.server.cwd);
}

/** Keeps back what the server has to say to a page that knows nothing from before. */
async function unanswered(page: Page): ReturnType<typeof late> {
  const server = await late(page);
  server.keepBack();
  await page.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
  return server;
}

/** Presses Enter on a prompt that cannot be sent at once. */
async function begin(page: Page, text: string): Promise<void> {
  await prompt(page).fill(text);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Starting…" }).waitFor();
}

/** Gives the page a file, as by the clipboard or from the desktop. */
const give = (page: Page, type: "paste" | "drop", name: string): Promise<void> =>
  page.evaluate(
    ([kind, called]) => {
      const data = new DataTransfer();
      data.items.add(new File(["some text"], called, { type: "text/plain" }));
      const field = document.querySelector("textarea");
      const init = { bubbles: true, cancelable: true };
      field?.dispatchEvent(
        kind === "paste"
          ? new ClipboardEvent("paste", { ...init, clipboardData: data })
          : new DragEvent("drop", { ...init, dataTransfer: data }),
      );
    },
    [type, name] as const,
  );

describe.skipIf(!app.available)("a new thread", () => {
  test("shows what its agent offers, by default and else, in a browser that never saw the agent", async () => {
    const { page } = await app.signedIn();
    await openForm(page);
    await page.getByText("shows here once a first thread was started with it").waitFor();
    await makeThread(app, ["hello"]);
    const mode = page.getByRole("combobox", { name: "Mode" });
    await mode.getByText("Ask (default)").waitFor();
    await page.getByRole("combobox", { name: "Verbosity" }).getByText("Full (default)").waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await mode.click();
    await page.getByRole("option", { name: "Auto" }).click();
    await prompt(page).fill("hello");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: /Mode: Auto/ }).waitFor();
    // What one thread chose is not what the agent has by itself.
    await page.goto(`${app.server.url}/new`);
    await mode.getByText("Ask (default)").waitFor();
  });

  test("takes its form's place: back leads to the list, not to an empty form", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(PHONE);
    await page.goto(app.server.url);
    await page.getByRole("button", { name: "New thread" }).first().tap();
    await page.getByLabel("Directory").fill(app.server.cwd);
    await prompt(page).fill("begin");
    await page.getByRole("button", { name: "Start thread" }).tap();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "Back" }).tap();
    await page.waitForURL((url) => url.pathname === "/");
    await page.locator("[data-thread]").first().waitFor();
  });

  test("completes the commands that its agent told last", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openForm(page);
    await page.getByPlaceholder("/ for commands").waitFor();
    await prompt(page).pressSequentially("/ru");
    await page.getByRole("option", { name: "/run a command" }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await prompt(page).inputValue()).toBe("/run ");
    await prompt(page).fill("hello");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/t\//);
  });

  test("shows what it completes where the keyboard leaves little of the screen", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn({ ...PHONE, viewport: { width: 360, height: 360 } });
    await openForm(page);
    await page.getByPlaceholder("/ for commands").waitFor();
    await prompt(page).pressSequentially("/");
    await page.getByRole("option").first().waitFor();
    const edge = (role: string) =>
      page.locator(role).evaluate((each) => each.getBoundingClientRect().toJSON() as DOMRect);
    await page.waitForFunction(
      () => (document.querySelector("[role=listbox]")?.getBoundingClientRect().bottom ?? 999) <= 360,
    );
    expect((await edge("[role=listbox]")).height).toBeGreaterThan(100);
    expect((await edge("textarea")).top).toBeGreaterThanOrEqual((await edge("main")).top);
  });

  test("begins with Enter; Shift and Enter break the line", async () => {
    const { page } = await app.signedIn();
    await openForm(page);
    await prompt(page).pressSequentially("long 1");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("and no more");
    expect(await prompt(page).inputValue()).toBe("long 1\nand no more");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    // ↑ brings it back there, as all that was sent.
    await promptBox(page).press("ArrowUp");
    expect(await promptBox(page).inputValue()).toBe("long 1\nand no more");
    await page.goto(`${app.server.url}/new`);
    expect(await prompt(page).inputValue()).toBe("");
  });

  test("begins once it can, for who has pressed Enter before the server said what agents there are", async () => {
    const { page } = await app.signedIn();
    const server = await unanswered(page);
    await openForm(page);
    await begin(page, "hello");
    server.letThrough();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
  });

  test("begins once it can, also for who has gone elsewhere by then", async () => {
    const { page } = await app.signedIn();
    const server = await unanswered(page);
    await openForm(page);
    await begin(page, "hello");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    server.letThrough();
    await page.getByText("The thread was started.").waitFor();
    expect(page.url()).toEndWith("/settings");
    await page.getByRole("button", { name: "Open" }).click();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    await page.goto(`${app.server.url}/new`);
    expect(await prompt(page).inputValue()).toBe("");
  });

  test("begins for who has pressed Enter before the form was loaded, and gone elsewhere", async () => {
    const { page } = await app.signedIn();
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route(/\/new-thread-form/, async (route) => {
      await promise;
      await route.continue();
    });
    await page.goto(`${app.server.url}/new`);
    await prompt(page).fill("hello");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByText("The thread was started.").waitFor();
    resolve();
    await page.getByRole("button", { name: "Open" }).click();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
  });

  test("what was typed and chosen for it is there when one comes back, until it is started", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const mode = page.getByRole("combobox", { name: "Mode" });
    const directory = page.getByLabel("Directory");
    await openForm(page);
    await mode.click();
    await page.getByRole("option", { name: "Auto" }).click();
    await directory.fill("/usr");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.goBack();
    expect(await directory.inputValue()).toBe("/usr");
    await page.reload();
    expect(await directory.inputValue()).toBe("/usr");
    await mode.getByText("Auto").waitFor();
    await directory.fill(app.server.cwd);
    await prompt(page).fill("hello");
    await prompt(page).press("Enter");
    await page.waitForURL(/\/t\//);
    await page.getByRole("button", { name: /Mode: Auto/ }).waitFor();
    await page.goto(`${app.server.url}/new`);
    await mode.getByText("Ask (default)").waitFor();
  });

  test("its first prompt, taken back, has not failed, and is in the prompt box alone", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    // What is given in a thread is sent in its order: the prompt waits for the mode.
    const network = await swallowing(page, "thread.mode");
    await openForm(page);
    await page.getByRole("combobox", { name: "Mode" }).click();
    await page.getByRole("option", { name: "Auto" }).click();
    await prompt(page).fill("too soon");
    await prompt(page).press("Enter");
    await page.waitForURL(/\/t\//);
    await page.getByRole("button", { name: "Take back" }).click();
    await page.locator("[data-pending]").waitFor({ state: "detached" });
    expect(await promptBox(page).inputValue()).toBe("too soon");
    expect(await page.locator("[data-sonner-toast]").count()).toBe(0);
    expect(await page.evaluate(() => localStorage.getItem("skein.draft.new"))).toBeNull();
    network.mend();
  });

  test("what is written on while the thread is being started is not lost, and what is taken out is not sent", async () => {
    const { page } = await app.signedIn();
    const server = await unanswered(page);
    await openForm(page);
    await begin(page, "hello");
    await prompt(page).fill("");
    server.letThrough();
    await page.getByRole("button", { name: "Start thread" }).waitFor();
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    server.keepBack();
    await begin(page, "hello");
    await page.keyboard.type(" there");
    server.letThrough();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    const first = (await exported(page)).find(({ kind }) => kind === "message");
    expect(first?.value["text"]).toBe("hello there");
  });

  test("who has gone elsewhere while it is being started is left there, and has a way to it", async () => {
    const other = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const server = await late(page);
    await openThread(page, app, other);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByLabel("Directory").fill(app.server.cwd);
    server.keepBack();
    await begin(page, "hello");
    await page.locator(`[data-thread="${other}"]`).click();
    await promptBox(page).fill("I write here");
    server.letThrough();
    await page.getByText("The thread was started.").waitFor();
    expect(page.url()).toEndWith(`/t/${other}`);
    expect(await promptBox(page).inputValue()).toBe("I write here");
    await page.getByRole("button", { name: "Open" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(other));
    await turnsEnded(page, 1);
  });

  test("one that is being started is not started anew from the first page", async () => {
    const other = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const server = await late(page);
    await openForm(page);
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    await page.locator(`[data-thread="${other}"]`).waitFor();
    const before = await page.locator("[data-thread]").count();
    server.keepBack();
    await begin(page, "hello");
    await page.getByRole("link", { name: "Skein", exact: true }).click();
    await page.waitForURL((url) => url.pathname === "/");
    expect(await page.getByRole("button", { name: "Starting…" }).isDisabled()).toBe(true);
    await prompt(page).press("Enter");
    server.letThrough();
    await page.getByRole("button", { name: "Open" }).click();
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    expect(await page.locator("[data-thread]").count()).toBe(before + 1);
  });

  test("that it was not started is said to who has gone elsewhere meanwhile", async () => {
    const { page } = await app.signedIn();
    const server = await late(page);
    await openForm(page);
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    await page.getByLabel("Directory").fill("/nowhere/at/all");
    server.keepBack();
    await begin(page, "keep me");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    server.letThrough();
    await page.getByText("There is no directory /nowhere/at/all on the server.").waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Start thread" }).waitFor();
    expect(await prompt(page).inputValue()).toBe("keep me");
    await page.getByRole("alert").getByText("There is no directory /nowhere/at/all on the server.").waitFor();
    await prompt(page).fill("");
  });

  test("who is in the field for the directory keeps what stands there, whatever comes to be known", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const server = await unanswered(page);
    await page.goto(`${app.server.url}/new`);
    const directory = page.getByLabel("Directory");
    await directory.focus();
    expect(await directory.inputValue()).toBe("~");
    server.letThrough();
    await page.locator(`[data-thread="${thread}"]`).waitFor({ state: "attached" });
    expect(await directory.inputValue()).toBe("~");
  });

  test("takes files that are pasted, dropped and named, and gives them to the agent", async () => {
    const { page } = await app.signedIn();
    await openForm(page);
    await give(page, "paste", "pasted.txt");
    await page.getByRole("button", { name: "Remove pasted.txt" }).waitFor();
    await give(page, "drop", "dropped.txt");
    await page.getByRole("button", { name: "Remove dropped.txt" }).waitFor();
    await prompt(page).pressSequentially("Read @rea");
    await page.getByRole("option", { name: "README.md" }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await prompt(page).inputValue()).toBe("Read @README.md ");
    await page.reload();
    await page.getByRole("button", { name: "Remove dropped.txt" }).waitFor();
    await page.getByRole("combobox", { name: "Agent" }).getByText("Demo").waitFor();
    await prompt(page).press("Enter");
    await page.waitForURL(/\/t\//);
    await turnsEnded(page, 1);
    const first = (await exported(page)).find(({ kind }) => kind === "message");
    const carried = first?.value["blocks"] as { block: { type: string; name?: string } }[] | undefined;
    expect(carried?.map(({ block: { type, name } }) => [type, name])).toEqual([
      ["file", "pasted.txt"],
      ["file", "dropped.txt"],
      ["link", "README.md"],
    ]);
  });

  test("lists open where their field is, and not to say what stands there already", async () => {
    await makeThread(app, ["hello"]);
    const { page } = await app.signedIn({ viewport: { width: 1440, height: 900 } });
    await openForm(page);
    const field = page.getByRole("combobox", { name: "Agent" });
    await field.click();
    const [at, listAt] = [await field.boundingBox(), await page.getByRole("listbox").boundingBox()];
    expect(Math.abs((at?.x ?? 0) - (listAt?.x ?? 99))).toBeLessThan(8);
    await page.keyboard.press("Escape");
    const directory = page.getByLabel("Directory");
    await directory.fill(app.server.cwd.slice(0, -1));
    await page.getByRole("option", { name: app.server.cwd }).first().click();
    await directory.click();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await page.getByRole("option").count()).toBe(0);
    expect(await directory.getAttribute("aria-expanded")).toBe("false");
    // Once the person is elsewhere, what comes to be known opens no list over them.
    await directory.pressSequentially("x");
    await directory.press("Backspace");
    await prompt(page).focus();
    const client = await app.server.client();
    const { thread } = await client.command("thread.create", { agent: "demo", cwd: "/usr" });
    await page.locator(`[data-thread="${thread}"]`).waitFor({ state: "attached" });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    expect(await directory.getAttribute("aria-expanded")).toBe("false");
    expect(await axeFaults(page)).toEqual([]);
  });
});
