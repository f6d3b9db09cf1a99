import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import axe from "axe-core";
import { buildOnce } from "./build.ts";
import { browserProgram, openBrowser, type Browser, type BrowserContext, type Page } from "./browser.ts";
import { TestServer } from "./server.ts";

/** A browser on a busy machine takes its time; what never comes is told by what was waited for. */
setDefaultTimeout(60_000);

type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

/** A phone as small as there are. */
export const PHONE: ContextOptions = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

/** What a browser says by itself when the network is cut, a socket ends or an answer is an error: no fault of the app. */
const EXPECTED = /WebSocket|Failed to load resource|net::ERR|ERR_/;

/** One server and one browser for a test file. `available` is false where there is no Chromium: then tests skip. */
export class App {
  server!: TestServer;
  readonly available = browserProgram() !== null;
  #browser: Browser | null = null;
  #contexts: BrowserContext[] = [];
  /** What pages threw or said on their console as errors. */
  readonly faults: string[] = [];

  /** Registers the start and end with the test runner. */
  static forThisFile(options: { delayMs?: number } = {}): App {
    const app = new App();
    beforeAll(async () => {
      if (!app.available) return;
      await buildOnce();
      [app.server, app.#browser] = await Promise.all([TestServer.start(options), openBrowser()]);
    }, 60_000);
    afterAll(async () => {
      if (!app.available) return;
      await app.#browser?.close();
      await app.server.stop();
    }, 30_000);
    return app;
  }

  /** A page of a browser of its own, with no cookie yet. */
  async browser(options: ContextOptions = {}): Promise<{ page: Page; context: BrowserContext }> {
    if (this.#browser === null) throw new Error("There is no browser.");
    const context = await this.#browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block", ...options });
    this.#contexts.push(context);
    // Sooner than the test runner, which would end the browser, and with it every test after.
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.faults.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) this.faults.push(message.text());
    });
    return { page, context };
  }

  /** A page of a browser that has been paired, on the first page and live. */
  async signedIn(options: ContextOptions = {}): Promise<{ page: Page; context: BrowserContext }> {
    const opened = await this.browser(options);
    await opened.page.goto(await this.server.pairLink());
    await live(opened.page);
    return opened;
  }

  /** Closes what a test opened, and fails it for what the pages threw. */
  async finish(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
    expect(this.faults.splice(0)).toEqual([]);
  }
}

/** Resolves once the page says that it is connected and up to date. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-connection="live"]').waitFor();
}

/** What axe finds against WCAG 2.2, levels A and AA, as `rule: the elements`. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    const { violations } = await runner.run(document, {
      // What floats over the page, as a list of choices does, stands in no landmark by nature.
      rules: { region: { enabled: document.querySelector("[role=listbox], [role=menu]") === null } },
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join(" | ")}`,
    );
  });
  return found;
}
