import { chromium, type Browser } from "playwright-core";

export type { Browser, BrowserContext, Page } from "playwright-core";

/** What keeps Chromium from anything but the pages it is given. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The program of the system's Chromium, which `CHROMIUM` may name; `null`, said aloud, where there is none. */
export function browserProgram(): string | null {
  const found = process.env["CHROMIUM"] ?? Bun.which("chromium") ?? Bun.which("chromium-browser");
  if (!found)
    console.warn("No Chromium here, so nothing is tried in a browser. Install it, or set CHROMIUM to its path.");
  return found || null;
}

/**
 * The system's Chromium, without a window; `null` where there is none. It ends with the process that opened it, whose pipe
 * it reads. Playwright's own handlers of signals are off: they close the browser and leave the process running, so that a
 * signal meant for the test runner only took the browser from its tests.
 */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = browserProgram();
  if (executablePath === null) return null;
  return chromium.launch({
    executablePath,
    headless: true,
    args: QUIET,
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}

/** The id of a browser's process. */
export async function pidOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const found = processInfo.find(({ type }) => type === "browser");
  if (found === undefined) throw new Error("The browser does not name its process.");
  return found.id;
}
