import { afterEach, describe, expect, test } from "bun:test";
import { itemsOf, scriptOf, seededAgent } from "../../../test/support/seeded-agent.ts";
import type { WebSocketRoute } from "playwright-core";
import { App, live } from "./support/app.ts";
import type { Page } from "./support/browser.ts";
import { exported, makeThread, openThread, promptBox, saidIn, turnsEnded } from "./support/thread.ts";

/** Slow enough that something can happen in the middle of an answer. */
const app = App.forThisFile({ delayMs: 4 });
afterEach(() => app.finish());

const LINES = 400;
const LONG = `long ${LINES}`;
const WHOLE = Array.from(
  { length: LINES },
  (_, line) => `Demo line ${line + 1} of ${LINES}: the quick brown fox jumps over the lazy dog ✓\n`,
).join("");

/** Waits until the answer has come as far as a line. */
const reached = (page: Page, line: number) =>
  page.waitForFunction(
    (wanted) => document.querySelector("[data-timeline]")?.textContent?.includes(`Demo line ${wanted} of`) ?? false,
    line,
  );

const answerIn = async (page: Page): Promise<string> =>
  saidIn(await exported(page))
    .map(({ text }) => text)
    .join("");

/** The page's sockets, through hands that can cut them: Chromium's own offline mode leaves open sockets be. */
async function cuttable(page: Page): Promise<{ cut: () => Promise<void>; mend: () => void }> {
  let isCut = false;
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/v1\/socket/, (route) => {
    if (isCut) {
      void route.close({ code: 3001 });
      return;
    }
    open.add(route);
    route.connectToServer();
  });
  return {
    async cut() {
      isCut = true;
      for (const route of open) await route.close({ code: 3001 });
      open.clear();
    },
    mend: () => void (isCut = false),
  };
}

describe.skipIf(!app.available)("a thread whose connection goes", () => {
  test("G4: reloaded in the middle of an answer, the page goes on with it, to the character", async () => {
    const thread = await makeThread(app, [LONG]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reached(page, 40);
    await page.reload();
    await live(page);
    await turnsEnded(page, 1);
    expect(await answerIn(page)).toBe(WHOLE);
  });

  test("G2, G4: offline in the middle of an answer, what was loaded stays; back, it is exact", async () => {
    const thread = await makeThread(app, [LONG]);
    const { page, context } = await app.signedIn();
    const network = await cuttable(page);
    await openThread(page, app, thread);
    await reached(page, 40);
    await context.setOffline(true);
    await network.cut();
    await page.locator('[data-connection="offline"]').waitFor();
    expect(await page.locator("[data-timeline]").textContent()).toContain("Demo line 40 of");
    // A prompt given meanwhile is shown, marked as not sent, and leaves once the server is back.
    await promptBox(page).fill("hello");
    await page.getByRole("button", { name: "Queue", exact: true }).click();
    await page.getByText("sent once the server is back").waitFor();
    await page.getByRole("button", { name: /1 to send/ }).waitFor();
    network.mend();
    await context.setOffline(false);
    await live(page);
    await turnsEnded(page, 2);
    await page.getByText("sent once the server is back").waitFor({ state: "detached" });
    expect(await answerIn(page)).toStartWith(WHOLE);
  });

  test("G1, G7: the server killed in the middle of an answer, all that was seen is there, marked as interrupted", async () => {
    const thread = await makeThread(app, [LONG]);
    const { page } = await app.signedIn();
    await openThread(page, app, thread);
    await reached(page, 40);
    await app.server.process.end("SIGKILL");
    await page.locator('[data-connection="offline"]').waitFor();
    const seen = await page.locator("[data-timeline]").textContent();
    await app.server.process.start();
    await live(page);
    await turnsEnded(page, 1);
    await page.getByText("Interrupted here").waitFor();
    const said = await answerIn(page);
    expect(WHOLE.startsWith(said)).toBe(true);
    const last = /Demo line (\d+) of(?!.*Demo line)/s.exec(seen ?? "")?.[1];
    expect(said).toContain(`Demo line ${Number(last) - 1} of`);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor({ state: "detached" });
  });

  test("G4, G8: any answer, of any agent, in two browsers at once, one of them reloaded", async () => {
    const seeds = [11, 12, 13, 14];
    const thread = await makeThread(app, [], seededAgent());
    const [one, two] = [(await app.signedIn()).page, (await app.signedIn()).page];
    await openThread(one, app, thread);
    await openThread(two, app, thread);
    for (const [index, seed] of seeds.entries()) {
      await promptBox(one).fill(`seed ${seed}`);
      await one.keyboard.press("Enter");
      if (index === 2) await two.reload();
    }
    const expected = seeds.flatMap((seed) => itemsOf(scriptOf(seed)));
    for (const page of [one, two]) {
      await live(page);
      await turnsEnded(page, 1);
      await page.waitForFunction(() => document.querySelector("[data-status=streaming]") === null);
      await page
        .getByRole("main")
        .getByText(`seed ${seeds.at(-1)}`, { exact: true })
        .waitFor();
      await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
      expect(saidIn(await exported(page))).toEqual(expected);
    }
  });
});
