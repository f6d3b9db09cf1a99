import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { App, live } from "./support/app.ts";
import { browserProgram, pidOf, type BrowserContext } from "./support/browser.ts";

const app = App.forThisFile();
afterEach(() => app.finish());

const killBrowserOf = async (context: BrowserContext) => {
  const browser = context.browser();
  if (browser !== null) process.kill(await pidOf(browser), "SIGKILL");
};

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Where there is none the tests in a browser are skipped, which nobody would see where nobody looks on. */
test("where `CI` is set there is a browser to test with", () => {
  expect(browserProgram() !== null || !process.env["CI"]).toBe(true);
});

describe.skipIf(!app.available)("a browser that is lost", () => {
  test("fails the test that it is lost in, by name", async () => {
    const { page, context } = await app.browser();
    await killBrowserOf(context);
    await expect(page.waitForSelector("nothing")).rejects.toThrow("has been closed");
    await expect(app.finish()).rejects.toThrow("The browser ended during this test.");
  });

  test("is not missing in the next test", async () => {
    const { page } = await app.signedIn();
    await page.getByRole("link", { name: "Settings" }).waitFor();
  });

  test("may take the server with it", async () => {
    const { context } = await app.signedIn();
    await killBrowserOf(context);
    await app.server.process.end("SIGKILL");
    await expect(app.finish()).rejects.toThrow(/browser ended during this test.*server ended during this test/s);
  });

  test("and the server is not missing in the next test either", async () => {
    const { page } = await app.signedIn();
    await page.reload();
    await live(page);
  });
});

const brief = App.forThisFile({ pagesMs: 3000 });

test.skipIf(!app.available)("a test that takes too long fails for that, and loses nothing but its pages", async () => {
  const { page, context } = await brief.browser();
  await expect(page.waitForSelector("nothing")).rejects.toThrow("The test took longer than 3 s.");
  expect(context.browser()?.isConnected()).toBe(true);
  await brief.finish();
});

test.skipIf(!app.available)("a signal ends the process that opened a browser, and the browser with it", async () => {
  const opens = `
    import { openBrowser, pidOf } from ${JSON.stringify(join(import.meta.dir, "support/browser.ts"))};
    console.log(await pidOf(await openBrowser()));
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", opens], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  expect(exists(pid)).toBe(true);
  child.kill("SIGTERM");
  await child.exited;
  expect(child.signalCode).toBe("SIGTERM");
  while (exists(pid)) await Bun.sleep(20);
});
