import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import axe from "axe-core";
import { buildOnce } from "./build.ts";
import { browserProgram, openBrowser, type Browser, type BrowserContext, type Page } from "./browser.ts";
import { TestServer } from "./server.ts";

/**
 * What one test may take, in milliseconds: long, since a browser on a busy machine is slow. At `PAGES_MS` its pages close,
 * which fails whatever it waits for in them. At `RUNNER_MS` the runner ends the test, and kills every process that the
 * file started: the server, and the browser too.
 */
const PAGES_MS = 100_000;
const RUNNER_MS = 120_000;

type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

/** A phone as small as there are. */
export const PHONE: ContextOptions = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };

/** What a browser says by itself when the network is cut, a socket ends or an answer is an error: no fault of the app. */
const EXPECTED = /WebSocket|Failed to load resource|net::ERR|ERR_/;

/**
 * One server and one browser for a test file. One that is lost, however that came, is started anew for the next test.
 * `available` is false where there is no Chromium: then tests skip.
 */
export class App {
  server!: TestServer;
  readonly available = browserProgram() !== null;
  #opening: Promise<Browser | null> | null = null;
  #contexts: BrowserContext[] = [];
  #closing: Timer | null = null;
  readonly #pagesMs: number;
  /** What pages threw or said on their console as errors. */
  readonly faults: string[] = [];

  private constructor(pagesMs: number) {
    this.#pagesMs = pagesMs;
  }

  /** Registers the start and end with the test runner. */
  static forThisFile({ delayMs = 0, pagesMs = PAGES_MS }: { delayMs?: number; pagesMs?: number } = {}): App {
    const app = new App(pagesMs);
    // For each file: the runner forgets it at a file's end.
    setDefaultTimeout(RUNNER_MS);
    beforeAll(async () => {
      if (!app.available) return;
      await buildOnce();
      app.server = await TestServer.start({ delayMs });
    });
    afterAll(async () => {
      if (!app.available) return;
      await (await app.#opening)?.close();
      await app.server.stop();
    });
    return app;
  }

  /** A page of a browser of its own, with no cookie yet. */
  async browser(options: ContextOptions = {}): Promise<{ page: Page; context: BrowserContext }> {
    const browser = await (this.#opening ??= openBrowser());
    if (browser === null) throw new Error("There is no browser.");
    this.#closing ??= setTimeout(() => {
      void this.#closeContexts(`The test took longer than ${this.#pagesMs / 1000} s.`);
    }, this.#pagesMs);
    const context = await browser.newContext({ reducedMotion: "reduce", serviceWorkers: "block", ...options });
    this.#contexts.push(context);
    // Sooner than the pages close, since it says what was waited for.
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.faults.push(error.stack ?? error.message));
    page.on("crash", () => this.faults.push("A page's process ended."));
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

  /** Closes what a test opened, and fails it for what the pages threw, or for a browser or server that was lost. */
  async finish(): Promise<void> {
    if (this.#closing !== null) clearTimeout(this.#closing);
    this.#closing = null;
    const isClosed = await this.#closeContexts();
    const browser = await this.#opening?.catch(() => null);
    if (browser !== undefined && !(isClosed && browser?.isConnected())) {
      this.#opening = null;
      this.faults.push("The browser ended during this test.");
      await browser?.close();
    }
    if (this.available && !this.server.process.isRunning) {
      this.faults.push(`The server ended during this test. ${this.server.process.stderr}`);
      await this.server.process.start();
    }
    expect(this.faults.splice(0)).toEqual([]);
  }

  /** Closes all pages. Resolves with `false` where a browser that is no more could not. */
  async #closeContexts(reason?: string): Promise<boolean> {
    const closings = this.#contexts.splice(0).map((context) => context.close(reason ? { reason } : {}));
    return (await Promise.allSettled(closings)).every(({ status }) => status === "fulfilled");
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
