import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { App, axeFaults, PHONE } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { cuttable } from "./support/cuttable.ts";
import { showcaseAgent } from "./support/showcase-agent.ts";
import { makeThread, openThread, promptBox, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

type Network = { cut: () => Promise<void> };
type State = {
  name: string;
  /** Brings the page there from the end of a thread with the showcase agent. */
  reach: (page: Page, network: Network) => Promise<unknown>;
};

const goOffline = async (page: Page, { cut }: Network): Promise<void> => {
  await page.context().setOffline(true);
  await cut();
  await page.locator('[data-connection="offline"]').waitFor();
};

const STATES: readonly State[] = [
  {
    name: "the palette over a thread",
    async reach(page) {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "a diff, large",
    async reach(page) {
      await page.waitForFunction(() => {
        document.querySelector<HTMLElement>("[data-row] [data-toggle][aria-expanded=false]")?.click();
        return document.querySelector("[data-line=added]") !== null;
      });
      await page.locator("[data-row]").getByRole("button", { name: "Show large" }).first().click();
      await page.getByRole("dialog").locator("[data-line=added]").first().waitFor();
    },
  },
  {
    name: "the menu of a thread",
    async reach(page) {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Copy link" }).waitFor();
    },
  },
  {
    name: "the list of files for a prompt",
    async reach(page) {
      await promptBox(page).pressSequentially("Look at @");
      await page.getByRole("option", { name: "README.md" }).waitFor();
    },
  },
  {
    name: "a toast",
    async reach(page) {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Copy link" }).click();
      await page.locator("[data-sonner-toast]").waitFor();
    },
  },
  { name: "a thread without the server", reach: goOffline },
  {
    name: "a prompt that waits for the server",
    async reach(page, network) {
      await goOffline(page, network);
      await promptBox(page).fill("When you are back");
      await page.keyboard.press("Control+Enter");
      await page.getByText("When you are back").first().waitFor();
    },
  },
  {
    name: "a new thread without the server",
    async reach(page, network) {
      await page.goto(`${app.server.url}/new`);
      await page.locator('[data-connection="live"]').waitFor();
      await goOffline(page, network);
      await page.getByText("the thread starts once it is back").waitFor();
    },
  },
  {
    name: "settings without the server",
    async reach(page, network) {
      await page.goto(`${app.server.url}/settings`);
      await page
        .getByRole("button", { name: /^Revoke/ })
        .first()
        .waitFor();
      await goOffline(page, network);
      await page.getByText("Devices are changed here once it is back").waitFor();
      expect(await page.getByRole("button", { name: /^Revoke/ }).count()).toBe(0);
    },
  },
];

describe.skipIf(!app.available)("axe finds nothing:", () => {
  let thread = "";
  // One for all: what the states do to it stays in their own pages.
  beforeAll(async () => {
    thread = await makeThread(app, ["Find out why.", "Do it, please.", "What is left?"], showcaseAgent());
  });

  for (const { name, reach } of STATES) {
    test(name, async () => {
      for (const options of [{ colorScheme: "dark" as const }, { ...PHONE, colorScheme: "light" as const }]) {
        const { page } = await app.signedIn(options);
        const network = await cuttable(page);
        await openThread(page, app, thread);
        await turnsEnded(page, 3);
        await reach(page, network);
        expect(await axeFaults(page)).toEqual([]);
      }
    });
  }
});
