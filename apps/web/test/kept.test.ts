import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { late } from "./support/late.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile({ delayMs: 1 });
afterEach(() => app.finish());

/** All that the device keeps for the app, as text. */
const storage = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify(localStorage));

async function signOut(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
}

describe.skipIf(!app.available)("an answer that is being written to a question", () => {
  const name = (page: Page) => page.getByLabel("Your name");
  const colour = (page: Page, of: string) => page.getByRole("radio", { name: of });

  test("is there when one comes back to the thread, and after a reload, until it is given", async () => {
    const [thread, other] = [await makeThread(app, ["ask"]), await makeThread(app, ["hello"])];
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await name(page).fill("Ada Lovelace");
    await colour(page, "blue").check();
    await page.getByLabel("Ask again some day?").check();
    await page.locator(`[data-thread="${other}"]`).click();
    await turnsEnded(page, 1);
    await page.goBack();
    expect(await name(page).inputValue()).toBe("Ada Lovelace");
    await page.reload();
    expect(await name(page).inputValue()).toBe("Ada Lovelace");
    expect(await colour(page, "blue").isChecked()).toBe(true);
    await page
      .getByRole("region", { name: /The agent asks/ })
      .getByRole("button", { name: "Answer" })
      .click();
    await turnsEnded(page, 1);
    const said = page.locator("[data-timeline]").getByText("Demo: you answered");
    expect(await said.innerText()).toContain('Demo: you answered {"name":"Ada Lovelace","colour":"blue","again":true}');
    await page.waitForFunction(() => !JSON.stringify(localStorage).includes("Ada Lovelace"));
  });

  test("is forgotten when the question is withdrawn, also while one is elsewhere, and with signing out", async () => {
    const [withdrawn, open] = [await makeThread(app, ["ask"]), await makeThread(app, ["ask"])];
    const { page } = await app.signedIn();
    for (const thread of [withdrawn, open]) {
      await openThread(page, app, thread);
      await name(page).fill(`Name for ${thread}`);
    }
    const client = await app.server.client();
    await client.command("thread.cancel", { thread: withdrawn });
    await page.locator(`[data-thread="${withdrawn}"]`).click();
    await turnsEnded(page, 1);
    await page.waitForFunction((id) => !JSON.stringify(localStorage).includes(`Name for ${id}`), withdrawn);
    expect(await storage(page)).toContain(`Name for ${open}`);
    await signOut(page);
    expect(await storage(page)).not.toContain("Name for");
  });

  test("is given by Enter from a field, and by Ctrl and Enter from a choice too, without sending the prompt", async () => {
    const { page } = await app.signedIn();
    for (const key of ["Enter", "Control+Enter"]) {
      const thread = await makeThread(app, ["ask"]);
      await openThread(page, app, thread);
      await promptBox(page).fill("half a thought");
      await name(page).fill("Ada");
      if (key === "Control+Enter") await colour(page, "red").check();
      await page.keyboard.press(key);
      await page.locator("[data-timeline]").getByText("Demo: you answered").waitFor();
      expect(await promptBox(page).inputValue()).toBe("half a thought");
    }
    await page.locator("#main").focus();
    await page.keyboard.press("?");
    await page.getByText("Answer the question, from its fields").waitFor();
  });
});

describe.skipIf(!app.available)("what is being written in a queued prompt", () => {
  const field = (page: Page) => page.getByLabel("Queued prompt");

  /** A thread with a prompt queued, whose text somebody has begun to change. */
  async function edited(page: Page): Promise<string> {
    const thread = await makeThread(app, ["ask", "first"]);
    await openThread(page, app, thread);
    await page.getByText("1 prompt queued").click();
    await page.getByRole("button", { name: "Edit" }).click();
    await field(page).fill("first, with care");
    return thread;
  }

  test("is there after a reload and when one comes back, until it is kept or left", async () => {
    const other = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await edited(page);
    await page.reload();
    expect(await field(page).inputValue()).toBe("first, with care");
    await page.locator(`[data-thread="${other}"]`).click();
    await turnsEnded(page, 1);
    await page.goBack();
    expect(await field(page).inputValue()).toBe("first, with care");
    expect(await promptBox(page).inputValue()).toBe("");
    await page.getByRole("button", { name: "Keep" }).click();
    await page.getByRole("tabpanel").getByText("first, with care").waitFor();
    await field(page).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Edit" }).click();
    await field(page).fill("never mind");
    expect(await storage(page)).toContain("never mind");
    await page.getByRole("button", { name: "Cancel" }).click();
    const after = await storage(page);
    expect(after).not.toContain("never mind");
    expect(after).not.toContain("first, with care");
  });

  test("is in the prompt box when its turn has started meanwhile, and nowhere after signing out", async () => {
    const other = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const thread = await edited(page);
    await page.locator(`[data-thread="${other}"]`).click();
    await turnsEnded(page, 1);
    const client = await app.server.client();
    await client.command("thread.cancel", { thread, queue: "continue" });
    await page.goBack();
    await page.getByText("What you wrote in the queue stands in the prompt box.").waitFor();
    expect(await promptBox(page).inputValue()).toBe("first, with care");
    expect(await field(page).count()).toBe(0);
    await promptBox(page).fill("");
    await edited(page);
    await signOut(page);
    expect(await storage(page)).not.toContain("with care");
  });
});

describe.skipIf(!app.available)("a file on its way to the server", () => {
  const NOTES = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("some notes") };
  const attached = (page: Page) => page.getByRole("button", { name: "Remove notes.txt" });

  /** Gives a thread a file, whose upload is held up until `answer` is called; `abort` breaks it off. */
  async function underWay(page: Page, thread: string): Promise<(how: "continue" | "abort") => void> {
    const { promise, resolve } = Promise.withResolvers<"continue" | "abort">();
    await page.route(
      "**/v1/blobs",
      async (route) => {
        // A page that has gone, or has cancelled it, waits for no answer.
        if ((await promise) === "continue") await route.continue().catch(() => {});
        else await route.abort().catch(() => {});
      },
      { times: 1 },
    );
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByLabel("Files to attach").setInputFiles(NOTES);
    await page.getByRole("progressbar", { name: "Sending notes.txt" }).waitFor();
    return resolve;
  }

  async function goTo(page: Page, thread: string): Promise<void> {
    await page.locator(`[data-thread="${thread}"]`).click();
    await page.waitForURL(`**/t/${thread}`);
    await turnsEnded(page, 1);
  }

  test("goes on when one goes to another thread, and is attached in its own", async () => {
    const [thread, other] = [await makeThread(app, ["hello"]), await makeThread(app, ["hello"])];
    const { page } = await app.signedIn();
    const answer = await underWay(page, thread);
    await goTo(page, other);
    expect(await page.getByRole("progressbar").count()).toBe(0);
    await goTo(page, thread);
    await page.getByRole("progressbar", { name: "Sending notes.txt" }).waitFor();
    await goTo(page, other);
    answer("continue");
    await page.waitForFunction((id) => localStorage.getItem(`skein.draft.${id}`)?.includes("notes.txt"), thread);
    expect(await attached(page).count()).toBe(0);
    await goTo(page, thread);
    await attached(page).waitFor();
  });

  test("that does not arrive is told by its name wherever one is, and can be given again", async () => {
    const [thread, other] = [await makeThread(app, ["hello"]), await makeThread(app, ["hello"])];
    const { page } = await app.signedIn();
    const answer = await underWay(page, thread);
    await goTo(page, other);
    answer("abort");
    await page.getByText("notes.txt could not be sent to the server.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForFunction((id) => localStorage.getItem(`skein.draft.${id}`)?.includes("notes.txt"), thread);
    await goTo(page, thread);
    await attached(page).waitFor();
  });

  test("goes no further when one signs out, here or in another tab, and nothing of it stays", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, context } = await app.signedIn();
    const tab = await context.newPage();
    const answers = [await underWay(page, thread), await underWay(tab, thread)];
    const broken = [page, tab].map((each) =>
      each.waitForEvent("requestfailed", (request) => request.url().endsWith("/v1/blobs")),
    );
    await signOut(page);
    await tab.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
    await Promise.all(broken);
    for (const answer of answers) answer("continue");
    expect(await storage(page)).not.toContain("notes.txt");
    expect(await page.locator("[data-sonner-toast]").count()).toBe(0);
  });

  test("is not left behind with the page unasked", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    const answer = await underWay(page, thread);
    // Browsers ask only who has done something on the page.
    await promptBox(page).click();
    const asked = page.waitForEvent("dialog");
    await page.evaluate(() => setTimeout(() => location.reload()));
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    answer("continue");
    await attached(page).waitFor();
  });
});

describe.skipIf(!app.available)("Enter pressed in the palette before it is loaded", () => {
  /** Opens the palette, types and presses Enter; the rest of it is held back until the returned function is called. */
  async function early(page: Page, typed: string, keys: readonly string[]): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route(/\/palette-content/, async (route) => {
      await promise;
      await route.continue();
    });
    await page.reload();
    await live(page);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(typed);
    for (const key of keys) await page.keyboard.press(key);
    await page.getByRole("dialog").getByText("Loading…").waitFor();
    return resolve;
  }

  test("goes to what comes first, a thread as well, once that is known", async () => {
    const client = await app.server.client();
    const title = "Mend the umbrella";
    const { thread } = await client.command("thread.create", { agent: "demo", cwd: app.server.cwd, title });
    const { page } = await app.signedIn();
    (await early(page, "umbrella", ["Enter"]))();
    await page.waitForURL(`**/t/${thread}`);
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.unrouteAll();
    await page.goto(app.server.url);
    (await early(page, "nowhere to be found", ["Enter"]))();
    await page.waitForURL("**/search?q=nowhere*");
  });

  test("goes nowhere for who has typed on, or nothing", async () => {
    const { page } = await app.signedIn();
    for (const [typed, keys] of [
      ["sett", ["Enter", "i"]],
      ["", ["Enter"]],
    ] as const) {
      (await early(page, typed, keys))();
      await page.getByRole("option").first().waitFor();
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
      expect(await page.getByRole("dialog", { name: "Commands" }).count()).toBe(1);
      expect(new URL(page.url()).pathname).toBe("/");
      await page.unrouteAll();
    }
  });
});

test.skipIf(!app.available)(
  "a prompt entered before its thread was loaded is sent for who has left by then",
  async () => {
    const [thread, other] = [await makeThread(app, []), await makeThread(app, ["hello"])];
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${other}"]`).click();
    await turnsEnded(page, 1);
    server.keepBack();
    await page.locator(`[data-thread="${thread}"]`).click();
    await page.getByRole("status", { name: "Loading the thread" }).waitFor();
    await page.keyboard.press("i");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await page.locator(`[data-thread="${other}"]`).click();
    await promptBox(page).fill("I write here");
    server.letThrough();
    await page.getByText("The prompt was sent.").waitFor();
    expect(await promptBox(page).inputValue()).toBe("I write here");
    await page.getByRole("button", { name: "Open" }).click();
    await page.waitForURL(`**/t/${thread}`);
    await turnsEnded(page, 1);
    expect(await promptBox(page).inputValue()).toBe("");
  },
);
