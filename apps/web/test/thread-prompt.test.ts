import { afterEach, describe, expect, test } from "bun:test";
import type { SkeinClient } from "@skein/client";
import { App, live, PHONE } from "./support/app.ts";
import { cuttable } from "./support/cuttable.ts";
import { late } from "./support/late.ts";
import { DOT } from "./support/picture.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";
import type { Page } from "./support/browser.ts";

const app = App.forThisFile({ delayMs: 2 });
afterEach(() => app.finish());

/** Sends the page drag events with a file, over what the selector finds; says whether the last was taken. */
const drag = (page: Page, types: readonly string[], over: string): Promise<boolean> =>
  page.evaluate(
    ([all, selector]) => {
      const data = new DataTransfer();
      data.items.add(new File(["some text"], "note.txt", { type: "text/plain" }));
      let prevented = false;
      for (const type of all) {
        const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector(selector)?.dispatchEvent(event);
        prevented = event.defaultPrevented;
      }
      return prevented;
    },
    [types, over] as const,
  );

describe.skipIf(!app.available)("the prompt box", () => {
  test("what is written before the thread is loaded goes on in the box, and Enter sends it", async () => {
    const [one, two] = [await makeThread(app, []), await makeThread(app, [])];
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${two}"]`).waitFor();
    server.keepBack();
    await page.locator(`[data-thread="${one}"]`).click();
    await page.getByRole("status", { name: "Loading the thread" }).waitFor();
    await page.keyboard.press("i");
    await page.keyboard.type("new words, and n");
    server.letThrough();
    await page.locator("[data-timeline]").waitFor();
    await page.keyboard.type("o keys");
    expect(await promptBox(page).inputValue()).toBe("new words, and no keys");
    expect(new URL(page.url()).pathname).toBe(`/t/${one}`);

    server.keepBack();
    await page.locator(`[data-thread="${two}"]`).click();
    await page.getByRole("status", { name: "Loading the thread" }).waitFor();
    await page.keyboard.press("i");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    server.letThrough();
    await turnsEnded(page, 1);
    expect(await promptBox(page).inputValue()).toBe("");
  });

  test("Stop given offline says that it waits, and can be taken back", async () => {
    const thread = await makeThread(app, ["long 100000"]);
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await page.getByText("Demo line 5 of").waitFor();
    // What is tried over HTTP meanwhile fails late, as with a server that is out of reach.
    const { promise: tried, resolve: isTried } = Promise.withResolvers<void>();
    const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
    await page.route("**/v1/rpc", async (route) => {
      isTried();
      await failed;
      await route.abort();
    });
    await context.setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await tried;
    await page.getByText("Stops once the server is back").waitFor();
    expect(await page.getByText("Stopping…").count()).toBe(0);
    await page.getByRole("button", { name: "1 to send" }).waitFor();
    fail();
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByText("Stops once the server is back").waitFor({ state: "detached" });
    network.mend();
    await context.setOffline(false);
    await live(page);
    // It runs on, and can be stopped.
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText(/· stopped/).waitFor();
    expect(await page.getByText("could not be stopped").count()).toBe(0);
  });

  test("Enter while a file is on its way to the server says so, and sends once it is there", async () => {
    const thread = await makeThread(app, []);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    let arrive = (): void => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await page.route("**/v1/blobs", async (route) => {
      await arrived;
      await route.continue();
    });
    await page.getByLabel("Files to attach").setInputFiles(DOT);
    await promptBox(page).fill("Look at this");
    await page.keyboard.press("Enter");
    await page.getByText("dot.png is still on its way to the server.").waitFor();
    expect(await promptBox(page).inputValue()).toBe("Look at this");
    arrive();
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await promptBox(page).press("Enter");
    await turnsEnded(page, 1);
    expect(await promptBox(page).inputValue()).toBe("");
  });

  test("a file dropped anywhere in a thread is attached; elsewhere it opens nothing", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await drag(page, ["dragenter"], "[data-timeline]");
    await page.getByText("Drop to attach").waitFor();
    // From one part of the page to another: it stays.
    await drag(page, ["dragenter"], "textarea");
    await drag(page, ["dragleave"], "[data-timeline]");
    await page.getByText("Drop to attach").waitFor();
    await drag(page, ["dragleave"], "textarea");
    await page.getByText("Drop to attach").waitFor({ state: "detached" });
    expect(await drag(page, ["dragenter", "dragover", "drop"], "[data-timeline]")).toBe(true);
    await page.getByText("Drop to attach").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove note.txt" }).waitFor();
    await page.goto(`${app.server.url}/settings`);
    await live(page);
    expect(await drag(page, ["dragover"], "main")).toBe(true);
    expect(await drag(page, ["drop"], "main")).toBe(true);
  });

  test("↑ brings back what was sent in this thread first, then what was sent elsewhere", async () => {
    const [one, two] = [await makeThread(app, ["hello"]), await makeThread(app, ["hello"])];
    const { page } = await app.signedIn();
    const send = async (thread: string, text: string, turn: number): Promise<void> => {
      await openThread(page, app, thread);
      await promptBox(page).fill(text);
      await page.keyboard.press("Enter");
      await turnsEnded(page, turn);
    };
    await send(one, "mine, the first", 2);
    await send(two, "theirs", 2);
    await send(one, "mine, the last", 3);
    await send(two, "theirs, the last", 3);
    await openThread(page, app, one);
    await promptBox(page).focus();
    const recalled: string[] = [];
    for (let time = 0; time < 4; time++) {
      await page.keyboard.press("ArrowUp");
      recalled.push(await promptBox(page).inputValue());
    }
    expect(recalled).toEqual(["mine, the last", "mine, the first", "theirs, the last", "theirs"]);
  });

  test("a command's hint is no part of its name; without a match it says so", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await promptBox(page).pressSequentially("/ed");
    const option = page.getByRole("option", { name: /\/edit/ });
    await option.waitFor();
    const [name, hint] = [
      option.getByText("/edit", { exact: true }),
      option.getByText("the line to add", { exact: true }),
    ];
    expect(await hint.evaluate((each) => getComputedStyle(each).fontStyle)).toBe("italic");
    expect(await name.evaluate((each) => getComputedStyle(each).fontFamily)).not.toBe(
      await hint.evaluate((each) => getComputedStyle(each).fontFamily),
    );
    await promptBox(page).fill("");
    await promptBox(page).pressSequentially("see @zzzz");
    await page.getByText("No file matches").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("No file matches").waitFor({ state: "detached" });
  });

  test("on a phone, what a command does is said in full", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await promptBox(page).pressSequentially("/");
    await page.getByRole("option", { name: "/crash End the agent's process in the middle of a sentence" }).waitFor();
    const cut = await page.getByRole("option").evaluateAll((options) =>
      options
        .flatMap((option) => [...option.children])
        .filter(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => {
          return scrollWidth > clientWidth || scrollHeight > clientHeight + 1;
        })
        .map(({ textContent }) => textContent),
    );
    expect(cut).toEqual([]);
  });

  test("on a phone, nothing at its edge covers anything while a turn runs", async () => {
    const thread = await makeThread(app, ["long 100000"]);
    const { page } = await app.signedIn(PHONE);
    await openThread(page, app, thread);
    await page.getByText("Demo line 5 of").waitFor();
    const cut = (): Promise<string[]> =>
      page.evaluate(() => {
        const box = document.querySelector("textarea")?.parentElement;
        const edge = box?.getBoundingClientRect();
        return [...(box?.querySelectorAll("button") ?? [])]
          .filter((button) => {
            const { left, right, top, height } = button.getBoundingClientRect();
            const seen = [left + 3, right - 3].every((x) =>
              button.contains(document.elementFromPoint(x, top + height / 2)),
            );
            return !seen || !edge || right > edge.right;
          })
          .map((button) => button.getAttribute("aria-label") ?? button.textContent ?? "");
      });
    await page.getByRole("button", { name: "Stop" }).waitFor();
    expect(await cut()).toEqual([]);
    await promptBox(page).fill("some text to send now");
    await page.getByRole("button", { name: "Send now" }).waitFor();
    expect(await cut()).toEqual([]);
    await page.getByRole("button", { name: "Stop" }).tap();
    await page.getByText(/· stopped/).waitFor();
  });

  test("a dropped prompt comes back to its place; the focus stays in the queue", async () => {
    const thread = await makeThread(app, ["ask", "one", "two", "three"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await page.getByText("3 prompts queued").click();
    const panel = page.getByRole("tabpanel");
    const order = (): Promise<string[]> => panel.locator("li p").allTextContents();
    const until = (wanted: string[]): Promise<unknown> =>
      page.waitForFunction(
        (all) => [...document.querySelectorAll("[role=tabpanel] li p")].map((each) => each.textContent).join() === all,
        wanted.join(),
      );
    await panel.getByRole("button", { name: "Drop" }).first().focus();
    await page.keyboard.press("Enter");
    await until(["two", "three"]);
    await page.waitForFunction(() =>
      document.activeElement?.closest("[role=tabpanel] li")?.textContent?.includes("two"),
    );
    await page.getByRole("button", { name: "Undo" }).click();
    await until(["one", "two", "three"]);
    expect(await order()).toEqual(["one", "two", "three"]);
    // Moved to the last place, its own buttons change: the focus stays with it.
    await panel.getByRole("button", { name: "Move down" }).nth(1).focus();
    await page.keyboard.press("Enter");
    await until(["one", "three", "two"]);
    await page.waitForFunction(() =>
      document.activeElement?.closest("[role=tabpanel] li")?.textContent?.includes("two"),
    );
  });

  test("Ctrl+Enter in a queued prompt's field keeps it, and sends nothing of the prompt box", async () => {
    const thread = await makeThread(app, ["ask", "first"]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await promptBox(page).fill("half a thought");
    await page.getByText("1 prompt queued").click();
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Queued prompt").fill("first, better");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("tabpanel").getByText("first, better").waitFor();
    await page.getByLabel("Queued prompt").waitFor({ state: "detached" });
    // In the title's field, too, it is not the prompt box's.
    await page.getByRole("heading", { level: 1 }).getByRole("button").click();
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Alt+Enter");
    expect(await promptBox(page).inputValue()).toBe("half a thought");
    // From elsewhere it is sent as before.
    await page.locator("#main").focus();
    await page.keyboard.press("Control+Enter");
    await page.getByText("2 prompts queued").waitFor();
    expect(await promptBox(page).inputValue()).toBe("");
  });

  test("of files found for less than what stands there, only what still fits is taken", async () => {
    const thread = await makeThread(app, ["hello"]);
    for (const file of ["src/alpha.ts", "src/schema.ts"]) await Bun.write(`${app.server.cwd}/${file}`, "x");
    const { page } = await app.browser();
    const server = await late(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await promptBox(page).focus();
    await page.keyboard.type("see @s");
    await page.getByRole("option", { name: "src/schema.ts" }).waitFor();
    server.keepBack();
    await page.keyboard.type("rc/alp");
    expect(await page.getByRole("option").allTextContents()).toEqual(["src/alpha.ts "]);
    await page.keyboard.press("Tab");
    expect(await promptBox(page).inputValue()).toBe("see @src/alpha.ts ");
    server.letThrough();
  });

  test("a prompt taken back is in the box again with its files, before what stands there, and nothing has failed", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByLabel("Files to attach").setInputFiles(DOT);
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    await context.setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    await promptBox(page).fill("too soon, see @notes.txt");
    await page.keyboard.press("Enter");
    await promptBox(page).fill("and then");
    await page.getByRole("button", { name: "Take back" }).click();
    await page.getByRole("button", { name: "Remove dot.png" }).waitFor();
    expect(await promptBox(page).inputValue()).toBe("too soon, see @notes.txt\n\nand then");
    expect(await page.getByRole("list", { name: "Attached" }).getByRole("listitem").count()).toBe(1);
    expect(await page.locator("[data-sonner-toast]").count()).toBe(0);
  });

  for (const [why, end] of [
    ["its turn starts", (_page, client, thread) => client.command("thread.cancel", { thread, queue: "continue" })],
    ["another device drops it", (_page, client, thread, turn) => client.command("thread.unqueue", { thread, turn })],
    ["the panel closes", (page) => page.getByRole("tab", { name: "Plan" }).click()],
  ] satisfies [string, (page: Page, client: SkeinClient, thread: string, turn: string) => Promise<unknown>][]) {
    test(`what is written in a queued prompt is in the prompt box when ${why}`, async () => {
      const thread = await makeThread(app, ["ask"]);
      const client = await app.server.client();
      const { turn } = await client.command("thread.prompt", { thread, text: "first" });
      const { page } = await app.signedIn();
      await openThread(page, app, thread);
      await promptBox(page).fill("half a thought");
      await page.getByText("1 prompt queued").click();
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByLabel("Queued prompt").fill("first, with care");
      await end(page, client, thread, turn);
      await page.getByText("What you wrote in the queue stands in the prompt box.").waitFor();
      expect(await promptBox(page).inputValue()).toBe("first, with care\n\nhalf a thought");
      expect(await page.getByLabel("Queued prompt").count()).toBe(0);
    });
  }
});
