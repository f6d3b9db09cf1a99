import { afterEach, describe, expect, test } from "bun:test";
import { App, live, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

type Box = { x: number; y: number; width: number; height: number };

async function boxOf(page: Page, selector: string): Promise<Box> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`There is no ${selector} to be seen.`);
  return box;
}

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const sidewards = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.skipIf(!app.available)("with text half as large again", () => {
  test("the rail, the panel, icons and keys are too", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.signedIn({ viewport: { width: 1800, height: 900 } });
    await openThread(page, app, thread);
    await turnsEnded(page, 1);
    await page.getByRole("button", { name: "Plan, changes, queue, details" }).click();
    await page.locator("aside").waitFor();
    const sizes = async (): Promise<number[]> => [
      (await boxOf(page, "nav[aria-label=Skein]")).width,
      (await boxOf(page, "aside")).width,
      (await boxOf(page, "nav .lucide-settings")).width,
      await page
        .locator("nav kbd")
        .first()
        .evaluate((each) => Number.parseFloat(getComputedStyle(each).fontSize)),
    ];
    expect(await sizes()).toEqual([264, 360, 16, 11]);
    await page.evaluate(() => document.documentElement.style.setProperty("font-size", "24px"));
    expect(await sizes()).toEqual([264, 360, 16, 11].map((each) => each * 1.5));
    expect(await sidewards(page)).toBe(0);
  });
});

describe.skipIf(!app.available)("at 320 by 256, as with a zoom of 400 %", () => {
  test("a thread with an open request leaves much of the height to what one reads, and everything can be used", async () => {
    const thread = await makeThread(app, ["edit Something"]);
    const { page } = await app.signedIn({ viewport: { width: 320, height: 256 } });
    await openThread(page, app, thread);
    await page.getByRole("region", { name: "The agent waits for you" }).waitFor();
    expect((await boxOf(page, "[data-timeline]")).height).toBeGreaterThan(120);
    expect(await sidewards(page)).toBe(0);
    for (const name of [/^Mode:/, "Attach files", "Stop", "Queue"]) {
      const button = page.getByRole("button", { name }).first();
      await button.scrollIntoViewIfNeeded();
      await button.click({ trial: true });
    }
    await promptBox(page).fill("a prompt that takes more than one line of this box");
    expect((await boxOf(page, "textarea")).width).toBeGreaterThan(120);
  });
});

describe.skipIf(!app.available)("the header of a thread on a phone", () => {
  test("has room for the title, whatever it waits for and the connection has to say", async () => {
    const thread = await makeThread(app, ["edit Something"]);
    const { page } = await app.browser(PHONE);
    const network = await cuttable(page);
    await page.goto(await app.server.pairLink());
    await live(page);
    await openThread(page, app, thread);
    await page.getByRole("banner").getByRole("img", { name: "Needs you" }).waitFor();
    await page.route("**/v1/rpc", (route) => route.abort());
    await network.cut();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Title of the thread" }).fill("Mend the reconnect storm of the client");
    await page.keyboard.press("Enter");
    await page.getByRole("banner").getByRole("img", { name: "sent once the server is back" }).waitFor();
    await page.getByRole("button", { name: "offline, 1 to send" }).waitFor();
    expect((await boxOf(page, "header h1")).width).toBeGreaterThan(110);
    expect(await sidewards(page)).toBe(0);
    network.mend();
  });
});

describe.skipIf(!app.available)("what is said in passing", () => {
  for (const [name, options] of [
    ["wide", { viewport: { width: 1280, height: 800 } }],
    ["medium", { viewport: { width: 900, height: 700 } }],
    ["narrow", { viewport: { width: 660, height: 700 } }],
    ["a phone", PHONE],
    ["a phone on its side", { ...PHONE, viewport: { width: 640, height: 320 } }],
  ] as const) {
    test(`covers neither the prompt box nor what stands above it (${name})`, async () => {
      const thread = await makeThread(app, ["edit Something", "later"]);
      const { page } = await app.signedIn(options);
      await openThread(page, app, thread);
      await page.getByRole("button", { name: "1 prompt queued" }).waitFor();
      await page.getByRole("region", { name: "The agent waits for you" }).waitFor();
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Copy link" }).click();
      const toast = page.locator("[data-sonner-toast]");
      await toast.waitFor();
      // It comes in moving.
      await toast.evaluate(async (each) => Promise.all(each.getAnimations().map(async ({ finished }) => finished)));
      expect(apart(await boxOf(page, "[data-sonner-toast]"), await boxOf(page, "[data-foot]"))).toBe(true);
      await promptBox(page).fill("one\ntwo\nthree\nfour\nfive");
      await page.waitForFunction(() => {
        const [said, foot] = ["[data-sonner-toast]", "[data-foot]"].map((each) =>
          document.querySelector(each)?.getBoundingClientRect(),
        );
        return said === undefined || (foot !== undefined && (said.bottom <= foot.top || said.left >= foot.right));
      });
    });
  }
});
