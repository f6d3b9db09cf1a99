import { afterEach, describe, expect, test } from "bun:test";
import { App, live } from "./support/app.ts";
import { makeThread, openThread, turnsEnded } from "./support/thread.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const DAY = 24 * 3_600_000;

describe.skipIf(!app.available)("on a device whose clock is wrong", () => {
  for (const [how, by] of [
    ["a day ahead", DAY],
    ["a day behind", -DAY],
  ] as const) {
    test(`times are told by the server's clock (${how})`, async () => {
      const thread = await makeThread(app, ["hello"]);
      const { page } = await app.browser({ viewport: { width: 1280, height: 800 } });
      await page.addInitScript((wrong) => {
        const { now } = Date;
        Date.now = () => now.call(Date) + wrong;
      }, by);
      await page.goto(await app.server.pairLink());
      await live(page);
      await openThread(page, app, thread);
      await turnsEnded(page, 1);
      await page.locator(`[data-thread="${thread}"] time`).getByText("now", { exact: true }).waitFor();

      // A code that has ten minutes left is shown for as long.
      await page.goto(`${app.server.url}/settings`);
      const device = page.getByRole("listitem").filter({ hasText: "this device" });
      await device.locator("time").getByText("now", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Sign in another device" }).click();
      await page.getByRole("region", { name: "Sign in another device" }).getByText("good once").waitFor();
    });
  }

  test("a thread of an hour ago is no new one", async () => {
    const thread = await makeThread(app, ["hello"]);
    const { page } = await app.browser({ viewport: { width: 1280, height: 800 } });
    const behind = 1.5 * 3_600_000;
    // The server's clock, an hour and a half on: by it the thread is that old, by the device's it is new.
    await page.routeWebSocket(/\/v1\/socket/, (socket) => {
      socket.connectToServer().onMessage((words) => {
        socket.send(String(words).replace(/"now":(\d+)/, (_, now) => `"now":${Number(now) + behind}`));
      });
    });
    await page.goto(await app.server.pairLink());
    await live(page);
    await page.locator(`[data-thread="${thread}"] time`).getByText("1h", { exact: true }).waitFor();
    expect(await page.locator(`[data-thread="${thread}"] time`).count()).toBe(1);
  });
});
