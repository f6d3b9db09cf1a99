/**
 * Draws the app's icons that must be pictures, from the mark's paths, into apps/web/icons. Run it after the mark was
 * changed; the pictures are part of the repository, so that a build needs no browser.
 *
 *     bun scripts/icons.ts
 */
import { join } from "node:path";
import { tile } from "../apps/web/build-steps/pages.ts";
import { openBrowser } from "../apps/web/test/support/browser.ts";

const ICONS = [
  { name: "icon-192", size: 192, svg: tile(6, 7) },
  { name: "icon-512", size: 512, svg: tile(6, 7) },
  // A mask may leave no more than a circle of 80 % (https://www.w3.org/TR/appmanifest/#icon-masks).
  { name: "maskable-512", size: 512, svg: tile(11, 0) },
  { name: "apple-touch-icon", size: 180, svg: tile(6, 0) },
];

const browser = await openBrowser();
if (browser === null) throw new Error("The icons are drawn by Chromium: install it, or set CHROMIUM to its path.");
for (const { name, size, svg } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px}</style>${svg}`);
  await page.screenshot({ path: join(import.meta.dir, "../apps/web/icons", `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
