/**
 * Pictures of every page of the web app, wide, medium, narrow and small, dark and light, into `screenshots/`, for people
 * to look at. Needs the app built and Chromium.
 *
 *     npm run build && bun scripts/screenshots.ts [part of a page's name] [part of a size or scheme, as wide-dark]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openBrowser, type Browser } from "../apps/web/test/support/browser.ts";
import { cuttable } from "../apps/web/test/support/cuttable.ts";
import { TestServer } from "../apps/web/test/support/server.ts";
import { playScenes } from "./screenshots/scenes.ts";
import { SHOTS } from "./screenshots/shots.ts";

const OUT = join(import.meta.dir, "../screenshots");

const SIZES = {
  wide: { viewport: { width: 1440, height: 900 } },
  medium: { viewport: { width: 900, height: 1000 } },
  narrow: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  small: { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
} as const;
const SCHEMES = ["light", "dark"] as const;

async function take(
  browser: Browser,
  server: TestServer,
  threads: Map<string, string>,
  only: { name: string; look: string },
): Promise<number> {
  let taken = 0;
  for (const [size, options] of Object.entries(SIZES)) {
    for (const scheme of SCHEMES) {
      if (!`${size}-${scheme}`.includes(only.look)) continue;
      const context = await browser.newContext({ ...options, colorScheme: scheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      const sockets = await cuttable(page);
      const network = {
        async cut() {
          await context.setOffline(true);
          await sockets.cut();
        },
      };
      const picture = async (name: string): Promise<void> => {
        await page.screenshot({ path: join(OUT, `${name}-${size}-${scheme}.png`), animations: "disabled" });
        taken++;
      };
      await page.goto(`${server.url}/`);
      await page.getByRole("heading", { name: "Sign in to Skein" }).waitFor();
      if ("sign-in".includes(only.name)) await picture("sign-in");
      await page.goto(await server.pairLink());
      await page.locator('[data-connection="live"]').waitFor();
      for (const { name, path, act } of SHOTS) {
        if (!name.includes(only.name)) continue;
        await context.setOffline(false);
        sockets.mend();
        await page.goto(server.url + path(threads));
        await page.locator('[data-connection="live"]').waitFor();
        await act?.(page, network);
        // Skeletons wait 150 ms, and parts are loaded as they are needed: what is pictured is what stays.
        await page.waitForTimeout(400);
        await picture(name);
      }
      await context.close();
    }
  }
  return taken;
}

const browser = await openBrowser();
if (browser === null) process.exit(1);
await mkdir(OUT, { recursive: true });
const server = await TestServer.start({ delayMs: 2 });
let taken = 0;
try {
  const threads = await playScenes(server);
  taken = await take(browser, server, threads, { name: process.argv[2] ?? "", look: process.argv[3] ?? "" });
} finally {
  await browser.close();
  await server.stop();
}
if (taken === 0) {
  console.error(`No page is called so, or no size and scheme. Pages: ${SHOTS.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}
console.log(`${taken} pictures are in ${OUT}.`);
